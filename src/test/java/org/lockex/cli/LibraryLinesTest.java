package org.lockex.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class LibraryLinesTest {
  private static final long PID = ProcessHandle.current().pid();

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private List<String> printed(Verbosity.Format format, String text) {
    return printed(format, text, false);
  }

  private List<String> printed(Verbosity.Format format, String text, boolean isFile) {
    LineWriter writer = new LineWriter(bytes);
    Verbosity verbosity = new Verbosity(Verbosity.Level.NORMAL, format);
    LibraryLines lines = new LibraryLines(new Stderr("lockexd", verbosity, writer), writer, isFile);
    try (PrintStream stream = new PrintStream(lines, false, UTF_8)) {
      stream.print(text);
    }
    writer.finish();
    return bytes.toString(UTF_8).lines().toList();
  }

  @Test
  void each_line_is_an_object_with_the_level_that_it_tells() {
    List<String> lines =
        printed(
            Verbosity.Format.JSON,
            "before any\n[main] WARN org.library.X - a \"quoted\" grün\n\tat A.b(A.java:1)\n\n"
                + "DEBUG y - z\n2026-11-27T10:00:00.123Z [a b] INFO x - dated\nnot ended");
    assertEquals(5, lines.size(), lines.toString());
    String[] ends = {
      "\"level\":\"error\",\"program\":\"lockexd\",\"pid\":"
          + PID
          + ",\"event\":\"library\",\"message\":\"before any\"}",
      "\"level\":\"warning\",\"program\":\"lockexd\",\"pid\":"
          + PID
          + ",\"event\":\"library\",\"message\":\"org.library.X - a \\\"quoted\\\" grün\"}",
      "\"level\":\"warning\",\"program\":\"lockexd\",\"pid\":"
          + PID
          + ",\"event\":\"library\",\"message\":\"\\tat A.b(A.java:1)\"}",
      "\"level\":\"debug\",\"program\":\"lockexd\",\"pid\":"
          + PID
          + ",\"event\":\"library\",\"message\":\"y - z\"}",
      "\"level\":\"info\",\"program\":\"lockexd\",\"pid\":"
          + PID
          + ",\"event\":\"library\",\"message\":\"x - dated\"}"
    };
    for (int i = 0; i < ends.length; i++) {
      assertTrue(lines.get(i).startsWith("{\"time\":\""), lines.get(i));
      assertTrue(lines.get(i).endsWith(ends[i]), lines.get(i));
    }
  }

  private static final String OURS =
      """
      2026-11-27T10:00:00.123Z [a b] WARN org.lockex.X - anna broke a lock
      [main] ERROR org.lockex.X - a defect
      \tat A.b(A.java:1)
      """;

  @Test
  void what_our_own_code_warns_of_is_said_as_whatever_else_the_program_says() {
    String others = "[main] INFO org.lockex.X - connects\n[main] WARN y - z\n\nnot ended";
    assertEquals(
        List.of(
            "lockexd: anna broke a lock",
            "lockexd: a defect",
            "\tat A.b(A.java:1)",
            "[main] INFO org.lockex.X - connects",
            "[main] WARN y - z",
            "",
            "not ended"),
        printed(Verbosity.Format.TEXT, OURS + others));
  }

  @Test
  void in_objects_it_is_a_warning_or_a_fault_and_not_a_library_s() {
    List<String> lines = printed(Verbosity.Format.JSON, OURS);
    assertTrue(
        lines.get(0).endsWith("\"event\":\"warning\",\"message\":\"anna broke a lock\"}"),
        lines.get(0));
    assertTrue(
        lines.get(1).endsWith("\"event\":\"fault\",\"message\":\"a defect\"}"), lines.get(1));
  }

  @Test
  void in_a_file_every_line_keeps_its_time() {
    assertEquals(OURS.lines().toList(), printed(Verbosity.Format.TEXT, OURS, true));
  }
}
