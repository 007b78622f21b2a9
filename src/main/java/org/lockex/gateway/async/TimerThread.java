package org.lockex.gateway.async;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The scheduler of a lockexd: one thread, on the monotonic clock. */
public final class TimerThread implements TaskScheduler, AutoCloseable {
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(
          1, task -> Thread.ofPlatform().daemon().name("timer").unstarted(task));

  /** A scheduler whose thread starts with the first task. */
  public TimerThread() {
    executor.setRemoveOnCancelPolicy(true);
  }

  @Override
  public ScheduledTask after(Duration delay, Runnable task) {
    ScheduledFuture<?> scheduled =
        executor.schedule(task, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  /** What has not run by now never will. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
