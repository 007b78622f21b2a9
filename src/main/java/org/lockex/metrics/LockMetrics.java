package org.lockex.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;

/**
 * The metrics of locks in Prometheus's text format, which is OpenMetrics but for the end of file.
 * All are gauges, with the lock's name as label {@code lock}.
 */
public final class LockMetrics {
  private static final double MILLIS = 1000;

  private final Collection<LockFigures> locks;
  private final StringBuilder text = new StringBuilder();

  private LockMetrics(Collection<LockFigures> locks) {
    this.locks = locks;
  }

  /**
   * The lines for some locks.
   *
   * @param locks those that are shown
   * @param leftOut how many others there are
   * @return lines, each with its line feed
   */
  public static String text(Collection<LockFigures> locks, long leftOut) {
    LockMetrics metrics = new LockMetrics(locks);
    metrics.each("lockex_holders", "how many hold the lock", lock -> seen(lock, lock.holders()));
    metrics.each("lockex_waiters", "how many wait for it", lock -> seen(lock, lock.waiters()));
    metrics.each(
        "lockex_held_seconds",
        "how long the one holds it who has held it longest",
        lock -> lock.held().map(LockMetrics::seconds));
    metrics.each(
        "lockex_oldest_wait_seconds",
        "how long the one waits for it who has waited longest",
        lock -> lock.oldestWait().map(LockMetrics::seconds));
    metrics.each(
        "lockex_last_success_timestamp_seconds",
        "when the last run under --once-per that succeeded ended",
        lock -> lock.runs().succeeded().map(LockMetrics::seconds));
    metrics.each(
        "lockex_last_exit_code",
        "the exit code of the last run under --once-per",
        lock -> lock.runs().exit().map(Integer::doubleValue));
    metrics.each(
        "lockex_last_duration_seconds",
        "how long the last run under --once-per took",
        lock -> lock.runs().took().map(LockMetrics::seconds));
    metrics.each(
        "lockex_sequence_headroom",
        "how many more can queue before the numbers begin anew",
        lock -> lock.headroom().map(Long::doubleValue));
    metrics.family("lockex_locks_left_out", "locks that are not shown one by one");
    metrics.text.append("lockex_locks_left_out ").append(leftOut).append('\n');
    return metrics.text.toString();
  }

  private static Optional<Double> seen(LockFigures lock, long value) {
    return lock.readable() ? Optional.of((double) value) : Optional.empty();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / MILLIS;
  }

  private static double seconds(Instant instant) {
    return instant.toEpochMilli() / MILLIS;
  }

  private void family(String name, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(" gauge\n");
  }

  private void each(String name, String help, Function<LockFigures, Optional<Double>> value) {
    family(name, help);
    for (LockFigures lock : locks) {
      Optional<Double> known = value.apply(lock);
      if (known.isPresent()) {
        text.append(name).append("{lock=\"").append(label(lock.id())).append("\"} ");
        number(known.get());
      }
    }
  }

  private void number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      text.append((long) value);
    } else {
      text.append(value);
    }
    text.append('\n');
  }

  private static String label(String name) {
    return name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
