package org.lockex.gateway.async;

import java.time.Duration;

/** Runs tasks later. */
public interface TaskScheduler {

  /** A task that has been scheduled. */
  interface ScheduledTask {
    /** It need not run any more; nothing happens if it has. */
    void cancel();
  }

  /**
   * Runs {@code task} once when {@code delay} has passed; at once if it is not positive.
   *
   * @param delay how long from now
   * @param task what to run
   * @return the task, which can be cancelled
   */
  ScheduledTask after(Duration delay, Runnable task);
}
