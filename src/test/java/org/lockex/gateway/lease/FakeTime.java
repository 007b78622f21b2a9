package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.lockex.gateway.async.TaskScheduler;

/** A clock that moves when it is told to, and a scheduler on it. */
final class FakeTime implements TaskScheduler {
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::when).thenComparingLong(Task::number));
  private long now = Duration.ofDays(1).toNanos();
  private long numbers;

  private static final class Task implements ScheduledTask {
    private final long when;
    private final long number;
    private final Runnable what;
    private boolean cancelled;

    Task(long when, long number, Runnable what) {
      this.when = when;
      this.number = number;
      this.what = what;
    }

    long when() {
      return when;
    }

    long number() {
      return number;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  long now() {
    return now;
  }

  @Override
  public ScheduledTask after(Duration delay, Runnable what) {
    Task task = new Task(now + Math.max(0, delay.toNanos()), numbers++, what);
    tasks.add(task);
    return task;
  }

  /** Goes on to the next task by {@code end}, and runs it; false if there is none. */
  boolean runNext(long end) {
    while (!tasks.isEmpty() && tasks.peek().when <= end) {
      Task task = tasks.remove();
      if (!task.cancelled) {
        now = Math.max(now, task.when);
        task.what.run();
        return true;
      }
    }
    return false;
  }

  /** Nothing is due before {@code when}, or nobody cares. */
  void jumpTo(long when) {
    now = Math.max(now, when);
  }
}
