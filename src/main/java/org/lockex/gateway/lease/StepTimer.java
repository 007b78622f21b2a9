package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Does things later, each in its turn; measured on the monotonic clock. */
final class StepTimer {
  private final SerialExecutor turn;
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(
          1, task -> Thread.ofPlatform().daemon().name("timer").unstarted(task));

  StepTimer(SerialExecutor turn) {
    this.turn = turn;
    executor.setRemoveOnCancelPolicy(true);
  }

  /** Nanoseconds from an arbitrary point; they stand still while the machine sleeps. */
  long now() {
    return System.nanoTime();
  }

  Future<?> after(Duration delay, Runnable step) {
    return at(now() + delay.toNanos(), step);
  }

  Future<?> at(long when, Runnable step) {
    return executor.schedule(
        () -> turn.take(step), Math.max(0, when - now()), TimeUnit.NANOSECONDS);
  }

  void stop() {
    executor.shutdownNow();
  }
}
