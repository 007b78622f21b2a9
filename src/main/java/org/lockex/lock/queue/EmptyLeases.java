package org.lockex.lock.queue;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.PredicateResults;
import org.apache.curator.framework.recipes.locks.StandardLockInternalsDriver;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;

/**
 * The turn to take all leases of a semaphore: the first place in its queue, which whoever wants a
 * lease needs too, kept until the last lease is given back. So leases only become fewer meanwhile,
 * and two who want all of them do not wait for each other: the later one has no lease, only a place
 * behind.
 */
final class EmptyLeases implements Recipe {
  private static final int MOST_TRY_MS = 1000;

  private final CuratorFramework curator;
  private final String leases;
  private final Runnable whenOthersAreThere;
  private final FirstPlace place;

  EmptyLeases(LockParent node, Runnable whenOthersAreThere) {
    this.curator = node.curator();
    this.leases = node.paths().leases();
    this.whenOthersAreThere = whenOthersAreThere;
    this.place = new FirstPlace(node, whenOthersAreThere);
  }

  @Override
  public @Nullable String acquire(boolean tryOnly) throws Exception {
    if (!tryOnly) {
      place.acquire();
    } else if (!isEmpty(null) || !place.acquire(MOST_TRY_MS, MILLISECONDS)) {
      // Whoever is before us in the queue is about to have a lease, or waits for one.
      return null;
    }
    while (true) {
      FolderChange change = new FolderChange();
      if (isEmpty(change)) {
        return place.path();
      }
      if (tryOnly) {
        release();
        return null;
      }
      whenOthersAreThere.run();
      change.await();
    }
  }

  private boolean isEmpty(@Nullable FolderChange change) throws Exception {
    try {
      return change == null
          ? curator.getChildren().forPath(leases).isEmpty()
          : curator.getChildren().usingWatcher(change).forPath(leases).isEmpty();
    } catch (KeeperException.NoNodeException e) {
      return true;
    }
  }

  @Override
  public void release() throws Exception {
    place.release();
  }

  /** Curator's semaphore takes its leases under this mutex. */
  private static final class FirstPlace extends InterProcessMutex {
    FirstPlace(LockParent node, Runnable whenOthersAreBefore) {
      super(
          node.curator(),
          node.paths().locks(),
          new StandardLockInternalsDriver() {
            @Override
            public PredicateResults getsTheLock(
                CuratorFramework client, List<String> children, String own, int most)
                throws Exception {
              PredicateResults place = super.getsTheLock(client, children, own, most);
              if (!place.getsTheLock()) {
                whenOthersAreBefore.run();
              }
              return place;
            }
          });
    }

    String path() {
      return getLockPath();
    }
  }
}
