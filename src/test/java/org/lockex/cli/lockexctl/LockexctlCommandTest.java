package org.lockex.cli.lockexctl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.cli.ProgramRequest;
import org.lockex.cli.ServerChoice;
import org.lockex.cli.UsageException;
import org.lockex.lock.session.Hosts;
import org.lockex.znode.HoldHandle;
import org.lockex.znode.LockId;
import org.lockex.znode.LockRoot;

class LockexctlCommandTest {
  private static ProgramRequest<LockexctlOptions> read(String... words) throws UsageException {
    List<byte[]> argv = Arrays.stream(words).map(word -> word.getBytes(UTF_8)).toList();
    return LockexctlCommand.read(argv, name -> Optional.empty());
  }

  private static LockexctlOptions run(String... words) throws UsageException {
    return assertInstanceOf(
        LockexctlOptions.class, assertInstanceOf(ProgramRequest.Run.class, read(words)).options());
  }

  @Test
  void common_options_stand_before_or_after_the_subcommand() throws UsageException {
    LockexctlOptions before = run("-z", "a:1", "--json", "show", "x");
    LockexctlOptions after = run("show", "-z", "a:1", "x", "--json");
    assertEquals(before, after);
    assertTrue(after.json());
    assertEquals(new LockexctlAction.Show(LockId.of("x")), after.action());
    assertEquals(
        new ServerChoice.Ensemble(Hosts.parse("b:2")),
        run("-z", "a:1", "ls", "-z", "b:2").connection().servers());
  }

  @Test
  void break_takes_its_options() throws UsageException {
    assertEquals(
        new LockexctlAction.Break(
            LockId.of("x"), 2, true, true, Optional.of(Duration.ofSeconds(5))),
        run("break", "x", "--holder", "2", "--yes", "--force", "--timeout", "5").action());
    assertEquals(
        new LockexctlAction.Break(LockId.of("x"), 0, false, false, Optional.empty()),
        run("break", "x").action());
  }

  @Test
  void hold_release_and_extend_take_what_they_need() throws UsageException {
    assertEquals(
        new LockexctlAction.Hold(
            LockId.of("x"),
            Duration.ofHours(1),
            Optional.of("why"),
            Optional.of(Duration.ZERO),
            3,
            true),
        run("hold", "x", "--for", "1h", "--reason", "why", "-n", "-c", "3", "--all").action());
    assertEquals(
        new LockexctlAction.Hold(
            LockId.of("x"), Duration.ofSeconds(5), Optional.empty(), Optional.empty(), 1, false),
        run("hold", "--for", "5", "x").action());
    HoldHandle handle = new HoldHandle("/lockex/x/leases", 7);
    assertEquals(new LockexctlAction.Release(handle), run("release", handle.toString()).action());
    assertEquals(
        new LockexctlAction.Extend(handle, Duration.ofMinutes(2)),
        run("extend", handle.toString(), "--for", "2m").action());
    for (String wrong :
        List.of(
            "hold x",
            "hold --for 1h",
            "hold x --for 0",
            "hold x --for 0.1ms",
            "hold x --for 1h --all",
            "hold x --for 1h -n -t 1",
            "hold x --for 1h --reason " + "x".repeat(257),
            "release x",
            "extend /a/b@7")) {
      assertThrows(UsageException.class, () -> run(wrong.split(" ")), wrong);
    }
  }

  @Test
  void metrics_take_a_file_with_a_name_and_have_no_json() {
    UsageException empty =
        assertThrows(UsageException.class, () -> run("metrics", "--textfile", ""));
    assertEquals("--textfile: names no file", empty.getMessage());
    UsageException json = assertThrows(UsageException.class, () -> run("--json", "metrics"));
    assertEquals("--json: metrics have the text format of Prometheus alone", json.getMessage());
  }

  @Test
  void the_lock_is_known_of_whatever_names_one() throws UsageException {
    for (String line :
        List.of(
            "show x",
            "history x",
            "watch x",
            "wait x",
            "break x",
            "hold x --for 1",
            "forget x",
            "release /lockex/x/n@7",
            "extend /lockex/x/leases@7 --for 1")) {
      LockexctlOptions options = run(line.split(" "));
      assertEquals(
          Optional.of("/lockex/x"), options.action().lock(options.connection().root()), line);
    }
    assertEquals(Optional.empty(), run("ls").action().lock(LockRoot.of("lockex")));
  }

  @Test
  void wait_waits_for_ever_unless_told() throws UsageException {
    assertEquals(
        new LockexctlAction.Wait(LockId.of("x"), Optional.empty()), run("wait", "x").action());
    assertEquals(
        new LockexctlAction.Wait(LockId.of("x"), Optional.of(Duration.ZERO)),
        run("wait", "--timeout", "0", "x").action());
  }

  @Test
  void an_id_that_begins_with_a_dash_follows_two_dashes() throws UsageException {
    assertEquals(new LockexctlAction.Show(LockId.of("-x")), run("show", "--", "-x").action());
  }

  @Test
  void help_is_there_for_all_and_for_each() throws UsageException {
    String all = assertInstanceOf(ProgramRequest.Print.class, read("--help")).text();
    assertEquals(read("--help"), read("help"));
    for (Subcommand subcommand : Subcommand.values()) {
      assertTrue(all.contains("  " + subcommand.word()), all);
      String one =
          assertInstanceOf(ProgramRequest.Print.class, read(subcommand.word(), "-h")).text();
      assertTrue(one.startsWith("Usage: lockexctl " + subcommand.word()), one);
      assertEquals(read(subcommand.word(), "-h"), read("help", subcommand.word()));
      assertTrue(one.contains("--zkhosts"), one);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bogus",
        "show",
        "show a b",
        "show a/b",
        "ls [a",
        "ls a b",
        "ping x",
        "break x --holder 0",
        "break x --holder y",
        "wait x --timeout soon",
        "local",
        "local restart",
        "help bogus",
        "ls --json=x",
        "ls --bogus",
        "ls --local -z a:1",
        "ls -q -v"
      })
  void refuses_in_one_line(String line) {
    String[] words = line.isEmpty() ? new String[0] : line.split(" ");
    String message = assertThrows(UsageException.class, () -> read(words)).getMessage();
    assertEquals(1, message.lines().count(), message);
    assertFalse(message.contains("nmatched"), message);
    assertFalse(message.contains("index"), message);
  }

  @Test
  void names_the_word_that_may_be_meant() {
    for (String line : List.of("shwo x", "ls --zkhost a:1", "help brake")) {
      String message = assertThrows(UsageException.class, () -> read(line.split(" "))).getMessage();
      assertTrue(message.contains(" may be meant"), message);
    }
  }
}
