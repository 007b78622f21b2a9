package org.lockex.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Programs;

/** The checker of src/bench/faults judges what commands wrote down, and sees when two ran. */
class FaultHistoryIT {
  private static final Path CHECKER = Path.of("src/bench/faultlab/check.py");

  /** The first command runs from 1.00 s, and its wrapper is struck at 1.02 s. */
  private static final String FIRST =
      """
      1000000000 11 begins
      1010000000 11 runs
      1020000000 0 fault
      1030000000 11 runs
      """;

  @TempDir Path folder;

  @BeforeAll
  static void python() {
    Programs.require("/usr/bin/python3");
  }

  @Test
  void one_after_the_other_is_no_overlap_and_the_wait_counts_from_the_fault() throws Exception {
    String said = judge(0, FIRST + "5020000000 12 begins\n5030000000 12 runs\n");
    assertTrue(said.contains("overlap 0.0 ms, 0 late records"), said);
    assertTrue(said.contains("next after 4000 ms"), said);
  }

  @Test
  void two_at_once_are_told_in_milliseconds() throws Exception {
    String said =
        judge(1, FIRST + "1025000000 12 begins\n1035000000 12 runs\n1040000000 11 ends\n");
    assertTrue(said.contains("overlap 10.0 ms"), said);
  }

  @Test
  void a_write_after_the_next_one_began_is_told_though_its_writer_was_stopped_in_between()
      throws Exception {
    String said =
        judge(1, FIRST + "5020000000 12 begins\n5030000000 12 ends\n9000000000 11 runs\n");
    assertTrue(said.contains("overlap 0.0 ms, 1 late records"), said);
  }

  @Test
  void a_command_that_begins_while_something_of_the_other_lives_is_told() throws Exception {
    String said = judge(1, FIRST + "5020000000 12 begins beside\n");
    assertTrue(said.contains("1 begun beside another"), said);
  }

  @Test
  void it_is_short_and_knows_nothing_of_lockex() throws IOException {
    String source = Files.readString(CHECKER);
    assertTrue(source.lines().count() <= 100, "lines: " + source.lines().count());
    assertTrue(!source.contains("lockex") && !source.contains("import wrappers"), source);
  }

  private String judge(int code, String records) throws Exception {
    Path history = Files.writeString(folder.resolve("history"), records);
    Process checker =
        new ProcessBuilder("/usr/bin/python3", CHECKER.toString(), history.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(checker.getInputStream().readAllBytes(), UTF_8);
    assertEquals(code, checker.waitFor(), said);
    return said;
  }
}
