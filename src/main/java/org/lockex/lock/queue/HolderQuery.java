package org.lockex.lock.queue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lockex.lock.session.ZooKeeperSession;

/** Who holds a lock, asked once, however fast it goes from hand to hand. */
public final class HolderQuery {
  private HolderQuery() {}

  /**
   * Asks who holds the lock, and waits for the answer; no place is told.
   *
   * @param session by which to ask
   * @param request about which lock
   * @param patience how long at most
   * @return empty if there was no answer in that time
   */
  public static Optional<QueuePosition> ask(
      ZooKeeperSession session, LockRequest request, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return Optional.of(
            new QueueReading(session, request, null)
                .withoutPlace()
                .get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof QueueReading.HolderGone)) {
          return Optional.empty();
        }
      } catch (TimeoutException e) {
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
  }
}
