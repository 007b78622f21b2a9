package org.lockex.lock.session;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.curator.RetryPolicy;
import org.apache.curator.RetrySleeper;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.KeeperException;
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
            .retryPolicy(new WhenConnected(session))
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

  /** Waits for the connection before a retry instead of sleeping, for as long as it takes. */
  private record WhenConnected(ZooKeeperSession session) implements RetryPolicy {
    private static final int IMMEDIATE_RETRIES = 5;
    private static final long PAUSE_MS = 50;

    @Override
    public boolean allowRetry(int retryCount, long elapsedTimeMs, RetrySleeper sleeper) {
      try {
        if (retryCount >= IMMEDIATE_RETRIES) {
          // The connection stands but this request breaks it again and again.
          sleeper.sleepFor(PAUSE_MS, java.util.concurrent.TimeUnit.MILLISECONDS);
        }
        // A create that was on its way when the connection broke may not have reached the server
        // that we are connected to now: without a sync the retry would not find its node, and make
        // a second one that waits behind it (docs/architecture.md).
        if (!awaitSynced()) {
          // Curator would clean up in vain, with complaints on stderr. This thread is not missed.
          park();
        }
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    /** Until there is a connection, whose server knows all that was done through any before. */
    private boolean awaitSynced() throws InterruptedException {
      while (session.awaitLink()) {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        session.link().sync("/", (rc, path, context) -> answer.complete(rc), null);
        if (answer.join() != KeeperException.Code.CONNECTIONLOSS.intValue()) {
          return true;
        }
      }
      return false;
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
