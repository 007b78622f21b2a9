package org.lockex.cli;

import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Durations as people write them: {@code 10}, {@code 1.5}, {@code 250ms}, {@code 1m}, {@code 2h},
 * {@code 1h30m}.
 */
public final class DurationText {
  private static final BigDecimal LONGEST_SECONDS = BigDecimal.valueOf(100L * 365 * 24 * 3600);

  private DurationText() {}

  /**
   * Reads a duration: a decimal number of seconds; or one with the unit {@code ms}, {@code s},
   * {@code m}, {@code h}, {@code d} or {@code w}; or several of these, the largest unit first.
   *
   * @param text such as {@code 90}, {@code 1.5h}, {@code 250ms} or {@code 1h30m}
   * @return zero or more, exact to the nanosecond, at most 100 years
   * @throws IllegalArgumentException with a message that says what is wrong, fit to follow {@code
   *     option: }
   */
  public static Duration parse(String text) {
    if (text.startsWith("-")) {
      throw new IllegalArgumentException("a duration cannot be negative: " + text);
    }
    BigDecimal sum = BigDecimal.ZERO;
    @Nullable BigDecimal before = null;
    int at = 0;
    do {
      int digits = after(text, at, true);
      int end = after(text, digits, false);
      if (end == digits && (at > 0 || end < text.length())) {
        throw malformed(text); // a number without a unit stands alone
      }
      BigDecimal unit = unit(text.substring(digits, end), text);
      if (before != null && unit.compareTo(before) >= 0) {
        throw malformed(text);
      }
      sum = sum.add(number(text.substring(at, digits), text).multiply(unit));
      before = unit;
      at = end;
    } while (at < text.length());
    if (sum.compareTo(LONGEST_SECONDS) > 0) {
      throw new IllegalArgumentException("a duration of more than 100 years: " + text);
    }
    return Duration.ofNanos(sum.movePointRight(9).longValue());
  }

  private static int after(String text, int from, boolean number) {
    int at = from;
    while (at < text.length() && isNumberPart(text.charAt(at)) == number) {
      at++;
    }
    return at;
  }

  private static BigDecimal number(String number, String text) {
    if (number.isEmpty() || number.indexOf('.') != number.lastIndexOf('.') || number.equals(".")) {
      throw malformed(text);
    }
    return new BigDecimal(number);
  }

  /**
   * {@return the shortest form that {@link #parse} reads back, for messages: {@code 1.5s}, {@code
   * 250ms}, {@code 2h}}
   *
   * @param duration zero or more
   */
  public static String of(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1000) {
      return millis + "ms";
    }
    if (millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString() + "s";
  }

  private static boolean isNumberPart(char c) {
    return (c >= '0' && c <= '9') || c == '.';
  }

  private static BigDecimal unit(String suffix, String text) {
    return switch (suffix) {
      case "", "s" -> BigDecimal.ONE;
      case "ms" -> new BigDecimal("0.001");
      case "m" -> BigDecimal.valueOf(60);
      case "h" -> BigDecimal.valueOf(3600);
      case "d" -> BigDecimal.valueOf(86_400);
      case "w" -> BigDecimal.valueOf(604_800);
      default -> throw malformed(text);
    };
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "not a duration (seconds, or numbers with ms, s, m, h, d or w): "
            + (text.isEmpty() ? "empty" : text));
  }
}
