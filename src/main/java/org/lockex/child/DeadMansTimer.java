package org.lockex.child;

/**
 * A kernel timer that ends this very process with SIGKILL at its deadline, however stopped, stalled
 * or swapped out it is then; the guard, which sees the pipe close, ends the command.
 *
 * <p>It does nothing to PID 1 of a PID namespace: there the launcher is PID 1, never this process.
 */
public final class DeadMansTimer implements AutoCloseable {
  private DeadMansTimer() {}

  /**
   * Makes a timer, not armed.
   *
   * @throws ChildException if timer_create(2) is refused, or this process is PID 1: run nothing
   *     then
   */
  public static DeadMansTimer create(LeaseClock clock) throws ChildException {
    throw new UnsupportedOperationException();
  }

  /**
   * Sets or moves the deadline; a time already past kills at once. Callable from any thread.
   *
   * @param nanos absolute time on the timer's clock
   * @throws ChildException if the kernel refuses; the earlier deadline then still stands
   */
  public void arm(long nanos) throws ChildException {
    throw new UnsupportedOperationException();
  }

  /** Takes the deadline away; only after {@link ChildEvent.Ended}. */
  public void disarm() {
    throw new UnsupportedOperationException();
  }

  /** Disarms and deletes the timer. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
