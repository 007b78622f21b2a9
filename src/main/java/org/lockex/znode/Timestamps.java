package org.lockex.znode;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** Instants in nodes: ISO 8601 in UTC, for example {@code 2026-11-21T08:00:01.5Z}. */
final class Timestamps {
  private Timestamps() {}

  /** Empty if it is none. */
  static Optional<Instant> read(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /**
   * As {@link Instant#toString}, which loads every formatter of java.time, at 2 ms of the start.
   */
  static String text(Instant instant) {
    String text = LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString();
    return (text.length() == "2000-01-01T00:00".length() ? text + ":00" : text) + "Z";
  }
}
