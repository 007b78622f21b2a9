package org.lockex.cli.lockex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals by name and number. */
class StopSignalTest {
  @ParameterizedTest
  @CsvSource({
    "TERM,15",
    "SIGTERM,15",
    "sigquit,3",
    "15,15",
    "SYS,31",
    "RTMIN,34",
    "SIGRTMIN+3,37",
    "RTMAX-2,62",
    "64,64"
  })
  void a_signal_is_told_by_name_or_number(String text, int number) {
    assertEquals(number, StopSignal.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "0", "32", "33", "65", "-1", "SIG", "SIG15", "STOP", "19", "RTMIN-1", "RTMAX+1",
        "RTMINx", "NONE"
      })
  void what_is_none_is_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> StopSignal.parse(text));
  }
}
