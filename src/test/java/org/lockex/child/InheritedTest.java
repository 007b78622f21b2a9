package org.lockex.child;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the launcher and /proc say, read. */
class InheritedTest {
  private static List<byte[]> variables(String... variables) {
    return List.of(variables).stream().map(v -> v.getBytes(ISO_8859_1)).toList();
  }

  private static String od(String text) {
    return " " + HexFormat.ofDelimiter(" ").formatHex(text.getBytes(ISO_8859_1)) + "\n";
  }

  @Test
  void the_account_holds_every_variable_and_the_signals() {
    LauncherCapture account =
        LauncherCapture.in(
                variables(
                    "X=y",
                    "LOCKEX_CAPTURE_0="
                        + od("A=1\0B=\u00fc\n=\0Name:\tod\nSigIgn:\t8000000000000001\n")))
            .orElseThrow();
    assertEquals(List.of("A=1", "B=\u00fc\n="), strings(account.environ()));
    assertEquals(0x8000000000000001L, account.signals("SigIgn"));
    assertEquals(0, account.signals("SigBlk"));
  }

  @Test
  void an_account_in_chunks_is_put_together_and_a_stale_chunk_left_out() {
    String value = "A=" + "x".repeat(39_998);
    LauncherCapture account =
        LauncherCapture.in(
                variables(
                    "LOCKEX_CAPTURE_1=" + od("yz\0Name:\tod\n"),
                    "LOCKEX_CAPTURE_0=" + od(value),
                    "LOCKEX_CAPTURE_2=" + od("stale\0")))
            .orElseThrow();
    assertEquals(List.of(value + "yz"), strings(account.environ()));
  }

  @Test
  void without_a_launcher_there_is_no_account() {
    assertTrue(LauncherCapture.in(variables("A=b")).isEmpty());
  }

  @Test
  void an_empty_environment_is_one() {
    LauncherCapture account =
        LauncherCapture.in(
                variables("LOCKEX_CAPTURE_0=" + od("Name:\tod\nSigBlk:\t0000000000000004\n")))
            .orElseThrow();
    assertEquals(List.of(), account.environ());
    assertEquals(4, account.signals("SigBlk"));
  }

  @Test
  void ignored_signals_are_counted_from_one() {
    Inherited inherited = new Inherited(List.of(), List.of(), List.of(), 1L << 63 | 1, 0);
    assertTrue(inherited.ignores(1));
    assertTrue(inherited.ignores(64));
    assertFalse(inherited.ignores(2));
  }

  @Test
  void a_process_name_may_hold_anything() {
    assertEquals(
        new ProcessTree.Stat('S', 1, 6), ProcessTree.parse("7 (a) R 2 (x) S 1 6 5 0 -1 ..."));
    assertNull(ProcessTree.parse(""));
  }

  private static List<String> strings(List<byte[]> list) {
    return list.stream().map(bytes -> new String(bytes, ISO_8859_1)).toList();
  }
}
