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

  private List<String> printed(String text) {
    LineWriter writer = new LineWriter(bytes);
    Verbosity json = new Verbosity(Verbosity.Level.NORMAL, Verbosity.Format.JSON);
    LibraryLines lines = new LibraryLines(new Stderr("lockexd", json, writer), writer);
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
            "before any\n[main] WARN org.lockex.X - a \"quoted\" grün\n\tat A.b(A.java:1)\n\n"
                + "DEBUG y - z\n2026-11-27T10:00:00.123Z [a b] INFO x - dated\nnot ended");
    assertEquals(5, lines.size(), lines.toString());
    String[] ends = {
      "\"level\":\"error\",\"program\":\"lockexd\",\"pid\":"
          + PID
          + ",\"event\":\"library\",\"message\":\"before any\"}",
      "\"level\":\"warning\",\"program\":\"lockexd\",\"pid\":"
          + PID
          + ",\"event\":\"library\",\"message\":\"org.lockex.X - a \\\"quoted\\\" grün\"}",
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
}
