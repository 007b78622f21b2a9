package org.lockex.cli.lockexctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource({
    "*, anything, true",
    "*, '', true",
    "back*, backup, true",
    "back*, a-backup, false",
    "?ackup, backup, true",
    "?, '', false",
    "[a-c]x, bx, true",
    "[a-c]x, dx, false",
    "[!a-c]x, dx, true",
    "[]]x, ]x, true",
    "[a-]x, -x, true",
    "a.b, a.b, true",
    "a.b, axb, false",
    "a+(b)|c$, a+(b)|c$, true",
    "a\\*b, a*b, true",
    "a\\*b, axb, false",
    "nächtlich*, nächtlich-1, true",
    "a&&b, a&&b, true",
    "[a&&b], &, true"
  })
  void matches_as_a_shell_does(String pattern, String name, boolean matches) {
    assertEquals(matches, Glob.of(pattern).test(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "[a", "a[!", "[z-a]", "x\\"})
  void refuses_what_is_no_pattern(String pattern) {
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> Glob.of(pattern))
            .getMessage()
            .startsWith("not a pattern ("));
  }

  @Test
  void all_matches_a_line_feed_too() {
    assertTrue(Glob.all().test("a\nb"));
  }
}
