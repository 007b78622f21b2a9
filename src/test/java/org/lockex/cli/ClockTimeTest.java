package org.lockex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockTimeTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-27T13:00:30Z, 2026-11-27T11:00:00Z, 14:00",
    "2026-11-27T13:00:00Z, 2026-11-27T12:55:00Z, 14:00:00",
    "2026-11-27T13:00:07.9Z, 2026-11-27T13:02:00Z, 14:00:07",
    "2026-11-27T23:30:00Z, 2026-11-27T12:00:00Z, 2026-11-28 00:30",
  })
  void an_instant_is_told_as_the_clock_on_the_wall_shows_it(
      Instant at, Instant now, String expected) {
    assertEquals(expected, ClockTime.of(at, now, ZoneId.of("Europe/Berlin")));
  }
}
