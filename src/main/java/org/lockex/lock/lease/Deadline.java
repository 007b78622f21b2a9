package org.lockex.lock.lease;

import java.time.Duration;

/**
 * When a command must be ended if no heartbeat is answered any more, in nanoseconds of the lease's
 * clock.
 *
 * @param killAt when SIGKILL is due
 * @param dieAt when lockex itself must be dead; the server gives the lock away after this
 * @param timeoutNanos the session timeout it was computed for
 */
public record Deadline(long killAt, long dieAt, long timeoutNanos) {

  /**
   * When SIGTERM is due: before the kill by the grace given, but by no more than T/6.
   *
   * @param grace what the command gets between SIGTERM and SIGKILL; zero: none
   * @return nanoseconds of the lease's clock
   */
  public long termAt(Duration grace) {
    long most = timeoutNanos / 6;
    // A grace of centuries does not fit into nanoseconds.
    return killAt - (grace.compareTo(Duration.ofNanos(most)) > 0 ? most : grace.toNanos());
  }
}
