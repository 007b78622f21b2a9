package org.lockex.lock.queue;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;

/** Takes locks: a mutex or a semaphore in the node layout of Curator's recipes. */
public final class Locks {
  private Locks() {}

  /**
   * Loads what the first acquisition needs, at some milliseconds of its thread; never needed, and
   * to be called while ZooKeeper connects.
   */
  public static void prepare() {
    // Curator names its nodes by one, and the provider of random numbers takes long to load.
    UUID _ = UUID.randomUUID();
  }

  /**
   * Waits for the lock, across outages and expired sessions (then it queues again). To give up,
   * interrupt the thread, then end the session. Once per session.
   *
   * @param session which the lock will live on
   * @param request which lock
   * @return the lock with its first heartbeat answered, so that its deadline is known; empty if
   *     only a try was wanted and the lock is busy
   * @throws LockException OTHER_CONCURRENCY, NOT_AUTHORISED, INTERNAL, and from waiting for the
   *     first connection UNREACHABLE
   * @throws InterruptedException if the thread was interrupted, at whatever point
   */
  public static Optional<HeldLock> acquire(ZooKeeperSession session, LockRequest request)
      throws LockException, InterruptedException {
    return acquire(session, request, new Patience());
  }

  /**
   * Waits for the lock as {@link #acquire(ZooKeeperSession, LockRequest)} does, and for others only
   * as long as there is patience.
   *
   * @param session which the lock will live on
   * @param request which lock
   * @param patience its end makes this a try
   * @return likewise
   * @throws LockException likewise
   * @throws InterruptedException likewise
   */
  public static Optional<HeldLock> acquire(
      ZooKeeperSession session, LockRequest request, Patience patience)
      throws LockException, InterruptedException {
    CompletableFuture<HeldLock> lock = new CompletableFuture<>();
    return acquire(session, request, patience, lock::complete)
        ? Optional.of(lock.join())
        : Optional.empty();
  }

  /**
   * Waits for the lock as {@link #acquire(ZooKeeperSession, LockRequest, Patience)} does, and gives
   * it without the detour over the waiting thread.
   *
   * @param session which the lock will live on
   * @param request which lock
   * @param patience its end makes this a try
   * @param got called at most once, on a thread that it must not block
   * @return whether it was called
   * @throws LockException likewise
   * @throws InterruptedException likewise
   */
  public static boolean acquire(
      ZooKeeperSession session, LockRequest request, Patience patience, Consumer<HeldLock> got)
      throws LockException, InterruptedException {
    session.awaitConnected();
    return new LockAcquisition(session, request, patience, got).run();
  }
}
