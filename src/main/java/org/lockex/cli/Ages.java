package org.lockex.cli;

import java.time.Duration;

/** Durations as people like them in tables: the two largest units. */
public final class Ages {
  private Ages() {}

  /**
   * {@return an age for people, in at most two units: {@code 0.4s}, {@code 12s}, {@code 3m 20s},
   * {@code 5h 1m}, {@code 12d 3h}}
   *
   * @param duration less than zero counts as zero
   */
  public static String of(Duration duration) {
    Duration age = notNegative(duration);
    long seconds = age.toSeconds();
    if (seconds < 10) {
      return seconds + "." + age.toMillisPart() / 100 + "s";
    }
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return two(seconds / 60, "m", seconds % 60, "s");
    }
    return seconds < 86_400
        ? two(seconds / 3600, "h", seconds % 3600 / 60, "m")
        : two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
  }

  /**
   * Hosts' clocks differ; an age is never shown as less than nothing.
   *
   * @param duration between two hosts' times
   * @return the same, or zero
   */
  public static Duration notNegative(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }

  private static String two(long large, String unit, long small, String smallUnit) {
    return large + unit + (small == 0 ? "" : " " + small + smallUnit);
  }
}
