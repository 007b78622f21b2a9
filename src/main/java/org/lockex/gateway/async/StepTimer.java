package org.lockex.gateway.async;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.lockex.gateway.async.TaskScheduler.ScheduledTask;

/** Makes steps later; measured on the monotonic clock. */
public final class StepTimer {
  private final SerialExecutor executor;
  private final TaskScheduler scheduler;
  private final LongSupplier nanoTime;

  /**
   * A timer within {@code runtime}.
   *
   * @param runtime clock, scheduler and executor
   */
  public StepTimer(AsyncRuntime runtime) {
    this.executor = runtime.executor();
    this.scheduler = runtime.scheduler();
    this.nanoTime = runtime.nanoTime();
  }

  /** {@return nanoseconds from an arbitrary point; they stand still while the machine sleeps} */
  public long now() {
    return nanoTime.getAsLong();
  }

  /**
   * Makes a step when {@code delay} has passed.
   *
   * @param delay how long from now
   * @param subject what it is about, should it throw
   * @param step the step
   * @return the task, which can be cancelled
   */
  public ScheduledTask after(Duration delay, StepSubject subject, Runnable step) {
    return scheduler.after(delay, () -> executor.run(subject, step));
  }

  /**
   * At {@code when} on the clock of {@link #now}.
   *
   * @param when the time
   * @param subject what it is about, should it throw
   * @param step the step
   * @return the task, which can be cancelled
   */
  public ScheduledTask at(long when, StepSubject subject, Runnable step) {
    return after(Duration.ofNanos(when - now()), subject, step);
  }
}
