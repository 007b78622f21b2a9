package org.lockex.gateway.async;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.lockex.gateway.async.TaskScheduler.ScheduledTask;

/** Makes steps later; measured on the monotonic clock. */
public final class StepTimer {
  private final SerialExecutor executor;
  private final TaskScheduler scheduler;
  private final LongSupplier nanoTime;

  public StepTimer(AsyncRuntime runtime) {
    this.executor = runtime.executor();
    this.scheduler = runtime.scheduler();
    this.nanoTime = runtime.nanoTime();
  }

  /** Nanoseconds from an arbitrary point; they stand still while the machine sleeps. */
  public long now() {
    return nanoTime.getAsLong();
  }

  public ScheduledTask after(Duration delay, StepSubject subject, Runnable step) {
    return scheduler.after(delay, () -> executor.run(subject, step));
  }

  /** At {@code when} on the clock of {@link #now}. */
  public ScheduledTask at(long when, StepSubject subject, Runnable step) {
    return after(Duration.ofNanos(when - now()), subject, step);
  }
}
