package org.lockex.child;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Programs;

/** The guard's script is clean, and what the build made of it is the script. */
class GuardScriptTest {
  private static final Path SCRIPT = Path.of("src/main/sh/guard.sh");

  /** dash and sh: Debian's /bin/sh and any other. */
  @ParameterizedTest
  @ValueSource(strings = {"dash", "sh"})
  void shellcheck_finds_nothing(String shell) throws Exception {
    Programs.require("shellcheck");
    Process shellcheck =
        new ProcessBuilder("shellcheck", "-s", shell, SCRIPT.toString())
            .redirectErrorStream(true)
            .start();
    assertEquals("", new String(shellcheck.getInputStream().readAllBytes(), UTF_8));
    assertEquals(0, shellcheck.waitFor());
  }

  @Test
  void the_guard_runs_the_script_with_its_first_comment_and_no_other() throws Exception {
    StringBuilder expected = new StringBuilder();
    for (String line : Files.readAllLines(SCRIPT)) {
      boolean left = line.startsWith("#!") || line.isEmpty();
      boolean comment = line.strip().startsWith("#") && !expected.isEmpty();
      expected.append(left || comment ? "" : line + "\n");
    }
    assertEquals(expected.toString(), GuardScript.TEXT);
  }
}
