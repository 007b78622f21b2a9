package org.lockex.gateway.dialect;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;

/** Lengths of time as clients give them: seconds, with a fraction or without. */
final class Seconds {
  /** Ten years: longer than any lock, and far from every overflow. */
  private static final BigDecimal MOST = BigDecimal.valueOf(10L * 366 * 24 * 3600);

  private Seconds() {}

  /** A decimal number from zero to ten years; empty for anything else. */
  static Optional<Duration> of(String text) {
    try {
      return text.length() > 40 ? Optional.empty() : of(new BigDecimal(text.trim()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> of(BigDecimal seconds) {
    if (seconds.signum() < 0 || seconds.compareTo(MOST) > 0) {
      return Optional.empty();
    }
    BigDecimal millis = seconds.movePointRight(3).setScale(0, RoundingMode.CEILING);
    return Optional.of(Duration.ofMillis(millis.longValueExact()));
  }
}
