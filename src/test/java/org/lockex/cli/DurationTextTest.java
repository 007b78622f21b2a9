package org.lockex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1000",
    "1.5, 1500",
    ".5, 500",
    "2., 2000",
    "250ms, 250",
    "0.5ms, 0",
    "3s, 3000",
    "1m, 60000",
    "1.5m, 90000",
    "2h, 7200000",
    "0h, 0",
    "1d, 86400000",
    "2w, 1209600000",
    "1h30m, 5400000",
    "1w2d3h4m5s6ms, 788645006",
    "1.5h0.5m, 5430000"
  })
  void reads_seconds_and_units(String text, long millis) {
    assertEquals(millis, DurationText.parse(text).toMillis());
  }

  @Test
  void keeps_fractions_of_a_millisecond() {
    assertEquals(Duration.ofNanos(500_000), DurationText.parse("0.5ms"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "x", ".", "1.2.3", "1y", "1m1h", "1m1m", "1h30", "5m.", "h1", "1 s", " 1", "1M", "1e3",
        "s", "ms", "٣", "+1", "NaN"
      })
  void refuses_what_is_no_duration(String text) {
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> DurationText.parse(text))
            .getMessage()
            .startsWith("not a duration"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-0.5s", "-x"})
  void refuses_a_negative_duration_by_name(String text) {
    assertEquals(
        "a duration cannot be negative: " + text,
        assertThrows(IllegalArgumentException.class, () -> DurationText.parse(text)).getMessage());
  }

  @Test
  void refuses_what_would_overflow() {
    assertThrows(
        IllegalArgumentException.class, () -> DurationText.parse("999999999999999999999h"));
    assertEquals(Duration.ofDays(36_500), DurationText.parse("876000h"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0ms", "250ms", "1.5s", "10s", "1m", "90s", "2h"})
  void shows_what_it_reads(String text) {
    Duration duration = DurationText.parse(text);
    assertEquals(duration, DurationText.parse(DurationText.of(duration)));
  }
}
