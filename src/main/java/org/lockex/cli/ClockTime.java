package org.lockex.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** An instant as a clock on the wall of whoever reads it shows it. */
public final class ClockTime {
  /** What is nearer is told to the second. */
  private static final Duration NEAR = Duration.ofMinutes(10);

  private ClockTime() {}

  /**
   * In the time zone of this process.
   *
   * @param at the instant
   * @return {@code 14:00}; near it {@code 14:00:30}, on another day with the date
   */
  public static String of(Instant at) {
    return of(at, Instant.now(), ZoneId.systemDefault());
  }

  static String of(Instant at, Instant now, ZoneId zone) {
    boolean near = Duration.between(now, at).abs().compareTo(NEAR) < 0;
    LocalDateTime there =
        LocalDateTime.ofInstant(at, zone)
            .truncatedTo(near ? ChronoUnit.SECONDS : ChronoUnit.MINUTES);
    String time = there.toLocalTime().toString();
    String whole = near && there.getSecond() == 0 ? time + ":00" : time;
    return there.toLocalDate().equals(LocalDateTime.ofInstant(now, zone).toLocalDate())
        ? whole
        : there.toLocalDate() + " " + whole;
  }
}
