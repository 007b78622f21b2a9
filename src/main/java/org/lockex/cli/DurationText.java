package org.lockex.cli;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * Durations as people write them: {@code 10}, {@code 1.5}, {@code 250ms}, {@code 1m}, {@code 2h}.
 */
public final class DurationText {
  private static final BigDecimal LONGEST_SECONDS = BigDecimal.valueOf(100L * 365 * 24 * 3600);

  private DurationText() {}

  /**
   * Reads a duration: a decimal number of seconds, or one with the unit {@code ms}, {@code s},
   * {@code m} or {@code h}.
   *
   * @param text such as {@code 90}, {@code 1.5h} or {@code 250ms}
   * @return zero or more, exact to the nanosecond, at most 100 years
   * @throws IllegalArgumentException with a message that says what is wrong, fit to follow {@code
   *     option: }
   */
  public static Duration parse(String text) {
    int digits = 0;
    while (digits < text.length() && isNumberPart(text.charAt(digits))) {
      digits++;
    }
    String number = text.substring(0, digits);
    if (text.startsWith("-")) {
      throw new IllegalArgumentException("a duration cannot be negative: " + text);
    }
    if (number.isEmpty() || number.indexOf('.') != number.lastIndexOf('.') || number.equals(".")) {
      throw malformed(text);
    }
    BigDecimal seconds = new BigDecimal(number).multiply(unit(text.substring(digits), text));
    if (seconds.compareTo(LONGEST_SECONDS) > 0) {
      throw new IllegalArgumentException("a duration of more than 100 years: " + text);
    }
    return Duration.ofNanos(seconds.movePointRight(9).longValue());
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
      default -> throw malformed(text);
    };
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "not a duration (seconds, or a number with ms, s, m or h): "
            + (text.isEmpty() ? "empty" : text));
  }
}
