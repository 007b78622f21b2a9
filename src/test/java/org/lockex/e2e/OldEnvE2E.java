package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Programs;

/**
 * Where /usr/bin/env cannot block signals, as that of coreutils before 8.31 (RHEL 8, Ubuntu 20.04),
 * lockex works with the handlers of the JVM. Needs root (unshare(1)).
 */
class OldEnvE2E {
  private static final Duration START = Duration.ofSeconds(60);

  private static final String OLD_ENV =
      """
      #!/bin/sh
      case $* in
        *--block-signal*)
          echo "env: unrecognized option '--block-signal'" >&2
          exit 125
          ;;
      esac
      exec REAL "$@"
      """;

  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper();

  @TempDir Path folder;

  private Image.Running start(String... command) throws IOException {
    Path other = folder.resolve("real-env");
    Path env = folder.resolve("env");
    if (!Files.exists(other)) {
      Files.copy(Path.of("/usr/bin/env"), other);
      other.toFile().setExecutable(true);
      Files.writeString(env, OLD_ENV.replace("REAL", other.toString()));
      env.toFile().setExecutable(true);
    }
    Programs.require("unshare");
    List<String> words =
        new ArrayList<>(
            List.of("unshare", "--mount", "sh", "-c", "mount --bind %s /usr/bin/env; exec \"$@\""));
    words.set(4, words.get(4).formatted(env));
    words.addAll(
        List.of(
            "x",
            other.toString(),
            "a.b=c",
            Image.bin("lockex"),
            "-i",
            folder.getFileName().toString()));
    words.addAll(List.of(command));
    return Image.start(Map.of("ZKHOSTS", server.hosts()), new byte[0], words);
  }

  @Test
  void code_bytes_and_environment_are_the_commands() throws IOException {
    Image.Result result =
        start("--", "/bin/sh", "-c", "tr '\\0' '\\n' < /proc/$$/environ | grep ^a.b; exit 7").end();
    assertEquals("a.b=c\n", result.out(), result::err);
    assertEquals("", result.err());
    assertEquals(7, result.code());
  }

  @Test
  void the_signals_that_1_0_passed_on_are_passed_on() throws IOException {
    Path log = folder.resolve("log");
    List<String> names = List.of("USR1", "USR2", "WINCH", "CONT", "TSTP", "HUP", "INT", "TERM");
    StringBuilder traps = new StringBuilder();
    names.forEach(name -> traps.append("trap 'echo %s >> %s' %s\n".formatted(name, log, name)));
    Image.Running lockex =
        start("-s", traps + "echo ready >> " + log + "; while :; do sleep 0.05; done");
    Poll.until("it runs", START, () -> Files.readString(log).equals("ready\n"));
    for (String name : names) {
      lockex.signal(name);
      Poll.until(name, START, () -> Files.readAllLines(log).contains(name));
    }
    lockex.signal("KILL");
    lockex.end();
  }

  @Test
  void a_signal_ends_the_command_and_is_the_exit_code() throws IOException {
    Path ready = folder.resolve("ready");
    Image.Running lockex = start("-s", "touch " + ready + "; exec sleep 60");
    Poll.until("it runs", START, () -> Files.exists(ready));
    lockex.signal("TERM");
    assertEquals(143, lockex.end().code());
  }
}
