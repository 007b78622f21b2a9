package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Programs;

/**
 * Random commands in random conditions, under lockex and without: arguments, environments, limits,
 * descriptors, directories, options, signals in the first 200 ms. {@code src/bench/soak start}
 * makes many of them.
 */
class StartsE2E {
  private static final int STARTS = Integer.getInteger("lockex.starts", 60);

  private static final long SEED = Long.getLong("lockex.starts.seed", 21);

  @TempDir Path folder;

  @Test
  @Timeout(value = 1, unit = TimeUnit.DAYS)
  void code_and_bytes_are_those_of_the_bare_command_or_one_line_says_why()
      throws IOException, InterruptedException {
    Programs.require("/usr/bin/python3");
    Path script = folder.resolve("starts.py");
    try (var in = Objects.requireNonNull(getClass().getResourceAsStream("starts.py"));
        DebianZooKeeper server = new DebianZooKeeper()) {
      Files.copy(in, script);
      Process starts =
          new ProcessBuilder(
                  List.of(
                      "/usr/bin/python3",
                      script.toString(),
                      Image.bin("lockex"),
                      server.hosts(),
                      Integer.toString(STARTS),
                      Long.toString(SEED)))
              .redirectErrorStream(true)
              .start();
      try {
        starts.inputReader().lines().forEach(System.out::println);
        assertEquals(0, starts.waitFor(), "see what it printed");
      } finally {
        starts.destroyForcibly();
      }
    }
  }
}
