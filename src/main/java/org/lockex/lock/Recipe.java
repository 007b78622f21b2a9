package org.lockex.lock;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.jspecify.annotations.Nullable;

/** One turn in the queue of one of Curator's recipes. */
sealed interface Recipe {

  static Recipe of(LockNode node) {
    return node.concurrency() == 1
        ? new Mutex(node.curator(), node.path())
        : new Semaphore(node.curator(), node.path(), node.concurrency());
  }

  /**
   * Waits for the turn.
   *
   * @param tryOnly do not wait; the semaphore waits nevertheless, because its try fails also with a
   *     lease free
   * @return the path of the own node, which holds the lock; null if it was only a try
   */
  @Nullable String acquire(boolean tryOnly) throws Exception;

  /** Gives the turn up, on the thread that acquired it. */
  void release() throws Exception;

  /** At most one holder. */
  final class Mutex extends InterProcessMutex implements Recipe {
    Mutex(CuratorFramework curator, String path) {
      super(curator, path);
    }

    @Override
    public @Nullable String acquire(boolean tryOnly) throws Exception {
      if (!tryOnly) {
        acquire();
      } else if (!acquire(0, MILLISECONDS)) {
        return null;
      }
      return getLockPath();
    }
  }

  /** At most as many holders as there are leases. */
  final class Semaphore implements Recipe {
    private final InterProcessSemaphoreV2 semaphore;
    private final String leases;
    private org.apache.curator.framework.recipes.locks.@Nullable Lease lease;

    Semaphore(CuratorFramework curator, String path, int concurrency) {
      semaphore = new InterProcessSemaphoreV2(curator, path, concurrency);
      leases = path + "/" + LockNode.LEASES + "/";
    }

    @Override
    public String acquire(boolean tryOnly) throws Exception {
      var acquired = semaphore.acquire();
      lease = acquired;
      return leases + acquired.getNodeName();
    }

    @Override
    public void release() throws Exception {
      if (lease != null) {
        lease.close();
      }
    }
  }
}
