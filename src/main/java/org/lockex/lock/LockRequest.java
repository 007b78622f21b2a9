package org.lockex.lock;

/**
 * Which lock is wanted.
 *
 * @param root the parent of all locks
 * @param id the lock
 * @param concurrency how many may hold it at once, at least 1; 1 is Curator's InterProcessMutex,
 *     more its InterProcessSemaphoreV2
 * @param tryOnly do not wait for a holder
 */
public record LockRequest(LockRoot root, LockId id, int concurrency, boolean tryOnly) {}
