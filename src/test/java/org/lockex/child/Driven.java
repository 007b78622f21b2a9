package org.lockex.child;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.lockex.fixture.Programs;

/**
 * The launcher with {@link Driver} behind it, and scripts that use it: {@code $L} is the program,
 * and {@code $DRIVER} may hold -D options for it. Every script runs in bash, in a folder of its
 * own, and with no signal ignored that whoever runs the tests ignores: lockex would hand that on.
 */
record Driven(Path folder) {
  /** What a script came to. */
  record Result(int code, String out, String err, long millis) {
    void assertIs(int code, String out) {
      assertEquals(out, this.out, err);
      assertEquals(code, this.code, err);
    }
  }

  /** Makes the launcher below the folder, which may have blanks in its name. */
  static Driven in(Path folder, String shell) throws IOException {
    Files.createDirectories(folder.resolve("bin"));
    Files.createSymbolicLink(folder.resolve("runtime"), Path.of(System.getProperty("java.home")));
    String classes = location(Child.class) + ":" + location(Driver.class);
    String text =
        Files.readString(Path.of("src/main/launcher/lockex"))
            .replace("#!/bin/sh", "#!" + shell)
            .replace(
                "-m org.lockex/org.lockex.Lockex ",
                "-cp " + classes + " $DRIVER " + Driver.class.getName() + " ")
            .replace("native-access=org.lockex", "native-access=ALL-UNNAMED");
    Path launcher = folder.resolve("bin/lockex");
    Files.writeString(launcher, text);
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Driven(folder);
  }

  /** Runs the script to its end, which has to come within 30 s. */
  Result run(String script) {
    try {
      long start = System.nanoTime();
      Process process = start(script);
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("still running after 30 s: " + script + "\n" + read("err"));
      }
      long millis = (System.nanoTime() - start) / 1_000_000;
      return new Result(process.exitValue(), read("out"), read("err"), millis);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The numbers of the processes whose command line is exactly this, zombies left out. */
  static List<Long> running(String... words) {
    String wanted = String.join("\0", words) + "\0";
    List<Long> found = new ArrayList<>();
    String[] names = Path.of("/proc").toFile().list((dir, name) -> name.matches("[0-9]+"));
    for (String name : names) {
      try {
        if (Files.readString(Path.of("/proc", name, "cmdline"), UTF_8).equals(wanted)) {
          found.add(Long.valueOf(name));
        }
      } catch (IOException gone) {
        // It ended meanwhile.
      }
    }
    return found;
  }

  /** Nothing of that command line runs, now. */
  static void assertNoneRuns(String... words) {
    assertTrue(running(words).isEmpty(), () -> String.join(" ", words) + ": " + running(words));
  }

  private Process start(String script) throws IOException {
    Programs.require("pgrep", "ps");
    ProcessBuilder builder =
        new ProcessBuilder("/usr/bin/env", "--default-signal", "/bin/bash", "-c", PRELUDE + script)
            .directory(folder.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().putAll(Map.of("L", folder.resolve("bin/lockex").toString()));
    return builder.start();
  }

  /** Words for the scripts. */
  private static final String PRELUDE =
      """
      now() { printf -v "$1" %s "${EPOCHREALTIME%???}"; printf -v "$1" %s "${!1/[.,]/}"; }
      # until_ LIMIT_MS COMMAND: waits until the command succeeds
      until_() {
        local end t; now end; end=$((end + $1)); shift
        until eval "$*"; do now t; [ "$t" -lt "$end" ] || return 1; sleep 0.01; done
      }
      # runs COMMAND LINE: some process that comes of this test has it; notes which, zombies left out
      runs() {
        local p
        pgrep -r R,S,D,T -f "^$*\\$" | while read -r p; do
          { [ "/proc/$p/cwd" -ef "$PWD" ] || grep -qzxF "L=$L" "/proc/$p/environ"; } && echo "$p"
        done >pids
        [ -s pids ]
      }
      # gone: of those noted none lives; no fork, so that it can measure
      gone() {
        local p s
        while read -r p; do
          { read -r _ _ s _ <"/proc/$p/stat"; } 2>/dev/null && [ "$s" != Z ] && return 1
        done <pids
        return 0
      }
      """;

  private String read(String name) throws IOException {
    return new String(Files.readAllBytes(folder.resolve(name)), UTF_8);
  }

  private static String location(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation().getPath();
  }
}
