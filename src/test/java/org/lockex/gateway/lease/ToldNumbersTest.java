package org.lockex.gateway.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToldNumbersTest {
  /**
   * A number is one of which we are told, L a list of whom we all know, V the end of the folder.
   * Who asks is the last of them, or the one after a question mark.
   */
  @ParameterizedTest
  @CsvSource({
    "'', false",
    "0, true",
    "0 1 2, true",
    "0 2, false",
    "5, false",
    "5 L, true",
    "5 L 6 7, true",
    "5 L 7, false",
    "5 L 7 8, false",
    "5 L 7 L 8, true",
    // A grant in place of a node has its number, and uses up one more.
    "0 0 2, false",
    "0 1 0 3, false",
    // A name that claims a number, which others get later.
    "0 9 L 1, false",
    "3 0, true",
    "3 0 4, false",
    "0 1 V, false",
    "0 1 V 2, false",
    "0 1 V 0, true",
    // The first one is made a grant while ours, behind somebody untold, waits to be told.
    "0 2 0 ?2, false",
    "0 1 0 ?1, false",
    "0 1 ?0, true",
    // A name that claims a number which is given to somebody untold later, and then to us.
    "0 9 8 L 10, false",
    "0 10 8 L 10, false"
  })
  void whoever_used_up_a_number_untold_leaves_a_gap(String events, boolean all) {
    ToldNumbers numbers = new ToldNumbers();
    long last = -1;
    for (String event : events.isEmpty() ? new String[0] : events.split(" ")) {
      switch (event) {
        case "L" -> numbers.listed(last);
        case "V" -> numbers.vanished();
        default -> {
          last = Long.parseLong(event.replace("?", ""));
          if (!event.startsWith("?")) {
            numbers.told(last);
          }
        }
      }
    }
    assertEquals(all, numbers.isAllBefore(last));
  }
}
