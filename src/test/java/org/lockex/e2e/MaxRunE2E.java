package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

/** {@code --max-run}: a command that takes too long is ended, and the run has failed. */
class MaxRunE2E {
  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper(2000);

  @TempDir Path folder;

  private static Image.Result lockex(String... args) {
    return Image.lockex(server.hosts(), args);
  }

  @Test
  void sends_TERM_and_is_124_whatever_the_command_answers_and_the_run_does_not_count() {
    String heeds = "exec 2>/dev/null; trap 'echo asked; exit 0' TERM; while :; do sleep 0.1; done";
    Image.Result result =
        lockex("--once-per", "1h", "--max-run", "500ms", "-i", "long", "-s", heeds);
    assertEquals(124, result.code(), result::err);
    assertEquals("asked\n", result.out());
    Image.assertOneLine(
        result,
        "lockex: run on lock /lockex/long: it took longer than --max-run 500ms; the command was"
            + " ended");
    Image.Result history = Image.sh(server.hosts(), "lockexctl show long");
    assertTrue(history.out().contains("exit 124"), history::out);
    assertEquals("ran\n", lockex("--once-per", "1h", "-i", "long", "--", "echo", "ran").out());
  }

  @Test
  void sends_KILL_where_TERM_does_not_help_and_the_lock_is_free_only_after_all_are_dead() {
    Path pids = folder.resolve("pids");
    String loop = "while :; do sleep 0.1; done";
    String deaf = "trap '' TERM; (" + loop + ") & echo $$ $! >" + pids + "; " + loop;
    Image.Running run =
        Image.startLockex(server.hosts(), "--max-run", "1", "-k", "0.5", "-i", "deaf", "-s", deaf);
    Poll.until("it runs", () -> !Files.readString(pids).isEmpty());
    String next = "for p in $(cat " + pids + "); do test ! -e /proc/$p || echo $p; done; echo next";
    Image.Result after = lockex("-i", "deaf", "-s", next);
    assertEquals("next\n", after.out());
    Image.Result result = run.end();
    assertEquals(137, result.code(), result::err);
    Image.assertOneLine(result, "longer than --max-run 1s; the command was killed");
  }

  @Test
  void sends_the_stop_signal_and_says_the_event() {
    String script = "trap 'echo int; exit 5' INT; trap '' TERM; while :; do sleep 0.1; done";
    String[] args = {"--max-run", "0.5", "--stop-signal", "INT", "-i", "int", "-s", script};
    Image.Result result = Image.sh(server.hosts(), "lockex --log-format json " + words(args));
    assertEquals(124, result.code(), result::err);
    assertEquals("int\n", result.out());
    Image.assertOneLine(result, "\"event\":\"timed-out\"", "\"code\":124");
  }

  @Test
  void lockexctl_show_tells_what_is_left() {
    Image.Running run =
        Image.startLockex(server.hosts(), "--max-run", "1h", "-i", "left", "-s", "exec sleep 100");
    Poll.until(
        "its start is told",
        () -> Image.sh(server.hosts(), "lockexctl show left").out().contains(" is ended in 59m 5"));
    Image.Result json = Image.sh(server.hosts(), "lockexctl show --json left");
    assertTrue(
        json.out()
            .matches("(?s).*\"maxRunMillis\":3600000,\"maxRunLeftMillis\":35[89]\\d{4}[,}].*"),
        json::out);
    run.signal("TERM");
    run.end();
  }

  @Test
  void changes_nothing_where_the_command_ends_in_time() {
    Image.Result result = lockex("--max-run", "1h", "-i", "short", "-s", "exit 3");
    assertEquals(3, result.code());
    assertEquals("", result.err());
    Image.Result zero = lockex("--max-run", "0", "--", "true");
    assertEquals(64, zero.code());
    Image.assertOneLine(zero, "--max-run: must be more than zero");
  }

  private static String words(String... args) {
    StringBuilder line = new StringBuilder();
    for (String arg : args) {
      line.append('\'').append(arg.replace("'", "'\\''")).append("' ");
    }
    return line.toString();
  }
}
