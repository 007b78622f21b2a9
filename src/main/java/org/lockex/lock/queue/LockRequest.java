package org.lockex.lock.queue;

import org.lockex.znode.LockData;
import org.lockex.znode.LockId;
import org.lockex.znode.LockRoot;

/**
 * Which lock is wanted.
 *
 * @param root the parent of all locks
 * @param id the lock
 * @param concurrency how many may hold it at once, at least 1; 1 is Curator's InterProcessMutex,
 *     more its InterProcessSemaphoreV2
 * @param tryOnly do not wait for a holder
 * @param all wait until nobody has a lease of the semaphore, and let nobody take one meanwhile: the
 *     place in its queue is what is acquired
 */
public record LockRequest(LockRoot root, LockId id, int concurrency, boolean tryOnly, boolean all) {

  /**
   * Checks the concurrency.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public LockRequest {
    new LockData(concurrency);
  }

  /**
   * A mutex, or one lease of a semaphore.
   *
   * @param root the parent of all locks
   * @param id the lock
   * @param concurrency how many may hold it at once, at least 1
   * @param tryOnly do not wait for a holder
   */
  public LockRequest(LockRoot root, LockId id, int concurrency, boolean tryOnly) {
    this(root, id, concurrency, tryOnly, false);
  }

  /** {@return whether all leases of a semaphore are wanted} */
  public boolean allLeases() {
    return all && concurrency > 1;
  }

  /** What the lock's node has to tell. */
  LockData wanted() {
    return new LockData(concurrency);
  }
}
