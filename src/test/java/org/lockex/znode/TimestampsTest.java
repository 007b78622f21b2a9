package org.lockex.znode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
  private static Optional<Instant> asJavaDoes(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  @Test
  void writes_and_reads_every_instant_as_java_does() {
    Random random = new Random(1);
    for (int i = 0; i < 5000; i++) {
      long second = random.nextLong(-62_167_219_200L, 253_402_300_800L);
      int nanos = new int[] {0, 500_000_000, 1_000_000, 1_000, 1, random.nextInt(1 << 29)}[i % 6];
      Instant instant = Instant.ofEpochSecond(i % 7 == 0 ? second / 60 * 60 : second, nanos);
      assertEquals(instant.toString(), Timestamps.text(instant));
      assertEquals(Optional.of(instant), Timestamps.read(instant.toString()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-21T08:00:01.5Z",
        "2026-11-21T08:00:01.123456789Z",
        "2026-11-21T08:00:01.1234567890Z",
        "2026-11-21T08:00:01.Z",
        "2026-11-21T08:00Z",
        "2026-11-21T08:00:01",
        "2026-11-21T08:00:01z",
        "2026-11-21 08:00:01Z",
        "2026-02-30T08:00:01Z",
        "2024-02-29T08:00:01Z",
        "2025-02-29T08:00:01Z",
        "1900-02-29T08:00:01Z",
        "2000-02-29T08:00:01Z",
        "2026-04-31T08:00:01Z",
        "2026-11-00T08:00:01Z",
        "2026-00-10T08:00:01Z",
        "0000-01-01T00:00:00Z",
        "0000-03-01T00:00:00Z",
        "2026-13-01T08:00:01Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T24:00:01Z",
        "2016-12-31T23:59:60Z",
        "2026-11-21T08:60:00Z",
        "2026-11-21T08:00:01.-5Z",
        "2026-11-2\u0661T08:00:01Z",
        "+12026-11-21T08:00:01Z",
        "2026-11-21T08:00:01+01:00",
        "x",
        "Z",
        ""
      })
  void reads_and_refuses_what_java_does(String text) {
    assertEquals(asJavaDoes(text), Timestamps.read(text));
  }
}
