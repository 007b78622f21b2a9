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
 */
public record LockRequest(LockRoot root, LockId id, int concurrency, boolean tryOnly) {

  /**
   * Checks the concurrency.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public LockRequest {
    new LockData(concurrency);
  }

  /** What the lock's node has to tell. */
  LockData wanted() {
    return new LockData(concurrency);
  }
}
