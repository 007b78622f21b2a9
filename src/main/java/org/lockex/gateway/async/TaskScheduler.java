package org.lockex.gateway.async;

import java.time.Duration;

/** Runs tasks later. */
public interface TaskScheduler {

  /** A task that has been scheduled. */
  interface ScheduledTask {
    /** It need not run any more; nothing happens if it has. */
    void cancel();
  }

  /** Runs {@code task} once when {@code delay} has passed; at once if it is not positive. */
  ScheduledTask after(Duration delay, Runnable task);
}
