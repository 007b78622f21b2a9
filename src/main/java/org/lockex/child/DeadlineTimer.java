package org.lockex.child;

/** Ends this process at a deadline, however stopped or stalled it is then. */
public interface DeadlineTimer extends AutoCloseable {
  /**
   * Sets or moves the deadline; a time already past kills at once. Callable from any thread.
   *
   * @param nanos absolute time on the timer's clock
   * @throws ChildException if the kernel refuses; the earlier deadline then still stands
   */
  void arm(long nanos) throws ChildException;

  /** Takes the deadline away for good; only after {@link ChildEvent.Ended}. */
  @Override
  void close();
}
