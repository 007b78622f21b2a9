package org.lockex.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lockex.child.LauncherCapture.SignalMasks;

/** What the launcher and /proc say, read. */
class InheritedTest {
  @Test
  void the_masks_of_a_process_are_read_whichever_way_they_are_told() {
    SignalMasks masks = new SignalMasks(0x8000000000000001L, 4); // HUP and 64 ignored, QUIT blocked
    assertEquals(
        masks,
        SignalMasks.of("Name:\tod\nSigBlk:\t0000000000000004\nSigIgn:\t8000000000000001\nX:\n"));
    assertEquals(masks, SignalMasks.ofLines("0000000000000004\n8000000000000001"));
  }

  @Test
  void what_a_shell_ignores_in_the_background_is_taken_from_the_other_masks() {
    SignalMasks copy = new SignalMasks(0b111, 0);
    assertEquals(new SignalMasks(0b101, 0), copy.ignoring(0b110, new SignalMasks(0b100, 8)));
  }

  @Test
  void without_a_launcher_there_is_no_copy_of_it() {
    assertTrue(LauncherCapture.told().isEmpty());
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
}
