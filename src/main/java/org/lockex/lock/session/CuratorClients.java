package org.lockex.lock.session;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.curator.RetryLoop;
import org.apache.curator.RetryPolicy;
import org.apache.curator.RetrySleeper;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;

/** Curator's client, made so that it uses our link, never gives up and never wakes by itself. */
final class CuratorClients {
  private CuratorClients() {}

  static CuratorFramework on(ZooKeeperSession session) {
    SessionSettings settings = session.settings();
    CuratorFramework curator =
        OwnName.unwanted(CuratorFrameworkFactory::builder)
            .connectString(settings.hosts().names())
            .sessionTimeoutMs(session.askedTimeoutMs())
            // Otherwise every operation waits in steps of a second while there is no connection.
            .connectionTimeoutMs(0)
            // It would follow addresses that the servers give, past NAT and TLS set-ups.
            .ensembleTracker(false)
            // Otherwise the semaphore's waiters publish this host's address.
            .defaultData(settings.waiting())
            // Its own formats their names, for which it loads the data of a locale.
            .threadFactory(work -> LockThreads.make("curator", work::run, settings.defects()))
            .retryPolicy(new WhenConnected(new SyncedLink(session)))
            .zookeeperFactory(new OurLink(session))
            .aclProvider(new SameForAll(settings.security().acl().entries()))
            .build();
    // Curator's state thread wakes every T/2 and declares sessions lost by the wall clock. Nobody
    // here needs it: the first event takes it out of service.
    curator.getConnectionStateListenable().addListener((client, state) -> park());
    return curator;
  }

  private static void park() {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
  }

  /**
   * Waits for the connection before a retry instead of sleeping, for as long as it takes; but for
   * what Curator does in the background, which is tried again after a while.
   */
  private record WhenConnected(SyncedLink synced) implements RetryPolicy {
    private static final int IMMEDIATE_RETRIES = 5;
    private static final long PAUSE_MS = 50;
    private static final long LONGEST_PAUSE_MS = 2_000;

    @Override
    public boolean allowRetry(Throwable why) {
      return !(why instanceof PlaceLostException) && RetryPolicy.super.allowRetry(why);
    }

    @Override
    public boolean allowRetry(int retryCount, long elapsedTimeMs, RetrySleeper sleeper) {
      try {
        if (!sleeper.equals(RetryLoop.getDefaultRetrySleeper())) {
          // In the background, and perhaps on the client's event thread, which alone brings the
          // answers that are waited for below. This sleep is the operation's: it returns at once.
          long pause = Math.min(LONGEST_PAUSE_MS, PAUSE_MS << Math.min(retryCount, 10));
          sleeper.sleepFor(pause, java.util.concurrent.TimeUnit.MILLISECONDS);
          return true;
        }
        if (retryCount >= IMMEDIATE_RETRIES) {
          // The connection stands but this request breaks it again and again.
          sleeper.sleepFor(PAUSE_MS, java.util.concurrent.TimeUnit.MILLISECONDS);
        }
        if (!synced.await()) {
          // Curator would clean up in vain, with complaints on stderr. This thread is not missed.
          park();
        }
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  private record OurLink(ZooKeeperSession session) implements ZookeeperFactory {
    @Override
    public ZooKeeper newZooKeeper(
        String connectString, int sessionTimeout, Watcher watcher, boolean canBeReadOnly)
        throws Exception {
      return session.linkFor(watcher);
    }
  }

  private record SameForAll(List<ACL> acl) implements ACLProvider {
    @Override
    public List<ACL> getDefaultAcl() {
      return acl;
    }

    @Override
    public List<ACL> getAclForPath(String path) {
      return acl;
    }
  }
}
