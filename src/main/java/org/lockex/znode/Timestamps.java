package org.lockex.znode;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Instants in nodes: ISO 8601 in UTC, for example {@code 2026-11-21T08:00:01.5Z}. Both ways go
 * without the formatters of java.time, which take milliseconds of the start to load.
 */
final class Timestamps {
  private static final String FORM = "0000-00-00T00:00:00";
  private static final int NANO_DIGITS = 9;

  private Timestamps() {}

  /** Empty if it is none. Forms that our programs do not write are read as java.time does. */
  static Optional<Instant> read(String text) {
    try {
      return Optional.of(isPlain(text) ? plain(text) : Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** As {@link Instant#toString}. */
  static String text(Instant instant) {
    String text = LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString();
    return (text.length() == "2000-01-01T00:00".length() ? text + ":00" : text) + "Z";
  }

  /**
   * Whether it has the form that {@link #text} writes, with hours and seconds that every day has.
   */
  private static boolean isPlain(String text) {
    int last = text.length() - 1;
    int fraction = last - FORM.length() - 1;
    if (last < FORM.length()
        || text.charAt(last) != 'Z'
        || (last > FORM.length() && (text.charAt(FORM.length()) != '.' || fraction < 1))
        || fraction > NANO_DIGITS) {
      return false;
    }
    for (int i = 0; i < last; i++) {
      char c = text.charAt(i);
      boolean digit = i > FORM.length() || (i < FORM.length() && FORM.charAt(i) == '0');
      if (digit ? c < '0' || c > '9' : i < FORM.length() && c != FORM.charAt(i)) {
        return false;
      }
    }
    return number(text, 11, 13) < 24 && number(text, 14, 16) < 60 && number(text, 17, 19) < 60;
  }

  private static Instant plain(String text) {
    int last = text.length() - 1;
    int nanos = 0;
    for (int i = 0; i < NANO_DIGITS; i++) {
      int at = FORM.length() + 1 + i;
      nanos = nanos * 10 + (at < last ? text.charAt(at) - '0' : 0);
    }
    long day = day(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
    long second = (number(text, 11, 13) * 60L + number(text, 14, 16)) * 60 + number(text, 17, 19);
    return Instant.ofEpochSecond(day * 86_400 + second, nanos);
  }

  /**
   * The day since 1970 of a date in the Gregorian calendar. LocalDate asks java.time's Year, which
   * makes a formatter first of all.
   */
  private static long day(int year, int month, int day) {
    // Years begin in March here, so that the leap day is the last of one.
    long marchYear = month > 2 ? year : year - 1L;
    long daysOfMonths = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5;
    long leapDays =
        Math.floorDiv(marchYear, 4L)
            - Math.floorDiv(marchYear, 100L)
            + Math.floorDiv(marchYear, 400L);
    long since = marchYear * 365 + leapDays + daysOfMonths + day - 1 - 719_468;
    LocalDate there = LocalDate.ofEpochDay(since);
    if (there.getMonthValue() != month || there.getDayOfMonth() != day) {
      throw new DateTimeException("no such day");
    }
    return since;
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }
}
