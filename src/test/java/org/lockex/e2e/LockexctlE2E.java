package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;

/** lockexctl beside lockex on a real server. */
class LockexctlE2E {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper();

  @TempDir Path folder;

  private static Image.Result ctl(String... args) {
    return startCtl(args).end();
  }

  private static Image.Running startCtl(String... args) {
    return Image.start(
        Map.of("ZKHOSTS", server.hosts()), new byte[0], Image.with(Image.bin("lockexctl"), args));
  }

  private Image.Running holder(String id, String script, String... options) {
    Path held = folder.resolve(id + "-held");
    List<String> args = new ArrayList<>(List.of(options));
    args.addAll(List.of("-i", id, "-s", "--", "echo > " + held + "; " + script));
    Image.Running holder = Image.startLockex(server.hosts(), args.toArray(String[]::new));
    Poll.until("held", PATIENCE, () -> Files.exists(held));
    return holder;
  }

  private static void awaitContenders(String id, int number) {
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      Poll.until("contenders", PATIENCE, () -> tree.contenders("/lockex/" + id).size() == number);
    }
  }

  @Test
  void ls_and_show_tell_holder_and_waiters() {
    Image.Running holder = holder("seen", "exec sleep 60");
    Image.Running first = Image.startLockex(server.hosts(), "-i", "seen", "--", "echo", "first");
    awaitContenders("seen", 2);
    Image.Running second = Image.startLockex(server.hosts(), "-i", "seen", "--", "echo", "second");
    awaitContenders("seen", 3);
    String row = ctl("ls", "see?").out().lines().skip(1).findFirst().orElse("");
    String holds = ":" + holder.pid() + " ";
    assertTrue(row.matches("seen +mutex +1 +2 +\\S+:\\d+ \\S+ +[0-9.ms ]+ +/bin/sh -c .*"), row);
    assertTrue(row.contains(holds), row);
    List<String> shown = ctl("show", "seen").out().lines().toList();
    assertEquals("seen: mutex, 1 holder, 2 waiting", shown.get(0));
    assertTrue(shown.get(2).matches("1 +holds .*" + holds + ".*"), shown.get(2));
    assertTrue(shown.get(3).matches("1 +waits .*:" + first.pid() + " .* echo first"), shown.get(3));
    assertTrue(shown.get(4).matches("2 +waits .*:" + second.pid() + " .*"), shown.get(4));
    String json = ctl("show", "seen", "--json").out();
    assertTrue(json.startsWith("{\"lock\":\"seen\",\"path\":\"/lockex/seen\""), json);
    assertTrue(json.contains("\"pid\":" + holder.pid() + ",") && json.contains("\"token\":"), json);
    second.signal("TERM");
    holder.signal("TERM");
    assertEquals("first\n", first.end().out());
    assertEquals(143, second.end().code());
    holder.end();
  }

  @Test
  void a_semaphore_shows_all_its_holders() {
    List<Image.Running> all = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      all.add(holder("sem", "exec sleep 60", "-c", "2"));
      folder.resolve("sem-held").toFile().delete();
    }
    awaitContenders("sem", 2);
    String json = ctl("ls", "--json", "sem").out();
    assertTrue(json.contains("\"mode\":\"semaphore\",\"concurrency\":2"), json);
    for (Image.Running holder : all) {
      assertTrue(json.contains("\"pid\":" + holder.pid() + ","), json);
      holder.signal("TERM");
      holder.end();
    }
  }

  @Test
  void break_ends_the_holder_by_sigterm_and_says_who_asked() {
    Image.Running holder =
        holder(
            "asked",
            "exec 2> /dev/null; trap 'echo bye; exit 0' TERM; while :; do sleep 0.1; done");
    Image.Result result = ctl("break", "asked", "--yes");
    assertEquals(0, result.code(), result::err);
    assertTrue(result.out().contains(":" + holder.pid() + " "), result::out);
    Image.Result ended = holder.end();
    assertEquals(76, ended.code());
    assertEquals("bye\n", ended.out());
    Image.assertOneLine(ended, "/lockex/asked", "asked for it");
    assertEquals(0, ctl("wait", "asked", "--timeout", "0").code());
  }

  @Test
  void break_kills_after_the_budget_a_holder_that_ignores_sigterm() {
    Image.Running holder = holder("deaf", "trap '' TERM; while :; do sleep 0.1; done", "-k", "1");
    Image.Result result = ctl("break", "deaf", "--yes", "--timeout", "20");
    assertEquals(0, result.code(), result::err);
    assertTrue(result.took().toMillis() >= 1000, () -> "" + result.took());
    assertEquals(76, holder.end().code());
  }

  @Test
  void break_hits_only_the_holder_that_was_named_and_the_next_one_moves_up() {
    Image.Running one = holder("two", "exec sleep 60", "-c", "2");
    folder.resolve("two-held").toFile().delete();
    Image.Running two = holder("two", "exec sleep 60", "-c", "2");
    assertEquals(1, ctl("break", "two", "--holder", "3", "--yes").code());
    assertEquals(0, ctl("break", "two", "--holder", "1", "--yes").code());
    assertEquals(76, one.end().code());
    assertTrue(two.process().isAlive());
    two.signal("TERM");
    two.end();
  }

  @Test
  void break_asks_a_waiter_nothing_and_hands_the_lock_on() {
    Image.Running holder = holder("next", "exec sleep 60");
    Image.Running next = Image.startLockex(server.hosts(), "-i", "next", "--", "echo", "mine");
    awaitContenders("next", 2);
    assertEquals(0, ctl("break", "next", "--yes").code());
    assertEquals("mine\n", next.end().out());
    assertEquals(76, holder.end().code());
  }

  @Test
  void break_waits_for_a_stopped_holder_only_so_long_and_force_does_not() {
    Image.Running holder = holder("stuck", "exec sleep 60", "--session-timeout", "30");
    holder.signal("STOP");
    assertEquals(75, ctl("break", "stuck", "--yes", "--timeout", "1").code());
    Image.Result forced = ctl("break", "stuck", "--yes", "--force");
    assertEquals(0, forced.code(), forced::err);
    assertEquals(0, ctl("wait", "stuck", "--timeout", "0").code());
    holder.signal("CONT");
    assertEquals(76, holder.end().code());
  }

  @Test
  void break_does_nothing_unasked() {
    Image.Running holder = holder("careful", "exec sleep 60");
    Image.Result result = ctl("break", "careful");
    assertEquals(64, result.code());
    Image.assertOneLine(result, "--yes");
    assertTrue(holder.process().isAlive());
    holder.signal("TERM");
    holder.end();
  }

  @Test
  void break_asks_on_a_terminal() {
    Image.Running holder = holder("terminal", "exec sleep 60");
    for (String answer : List.of("n", "y")) {
      Image.Result result =
          Image.start(
                  Map.of("ZKHOSTS", server.hosts()),
                  (answer + "\n").getBytes(UTF_8),
                  List.of(
                      "script", "-qec", Image.bin("lockexctl") + " break terminal", "/dev/null"))
              .end();
      assertEquals(answer.equals("y") ? 0 : 1, result.code(), result::out);
      assertTrue(result.out().contains("Ask them to end? [y/N]"), result::out);
    }
    assertEquals(76, holder.end().code());
  }

  @Test
  void wait_returns_when_the_lock_is_free_and_75_when_it_is_not() {
    Image.Running holder = holder("busy", "exec sleep 60");
    assertEquals(75, ctl("wait", "busy", "--timeout", "0").code());
    assertEquals(75, ctl("wait", "busy", "--timeout", "0.3").code());
    Image.Running waiting = startCtl("wait", "busy");
    holder.signal("TERM");
    holder.end();
    assertEquals(0, waiting.end().code());
    assertEquals(0, ctl("wait", "never-used").code());
  }

  @Test
  void local_tells_and_stops_the_server_of_this_user() throws IOException {
    try (LocalUser user = LocalUser.make()) {
      assertEquals(1, user.run("lockexctl", "local", "status").code());
      assertFalse(Files.exists(user.folder()), "who only asks leaves nothing");
      Image.Result run = user.run("lockex", "--local", "--once-per", "1h", "-i", "l", "true");
      assertEquals(0, run.code(), run::err);
      Image.Result status = user.run("lockexctl", "local", "status");
      assertEquals(0, status.code(), status::err);
      assertTrue(status.out().startsWith("the local server runs on 127.0.0.1:"), status::out);
      assertTrue(status.out().endsWith("; its folder is " + user.folder() + "\n"), status::out);
      assertTrue(user.run("lockexctl", "ls", "--local").out().contains(", exit 0, took "));
      assertTrue(user.run("lockexctl", "ping", "--local").out().contains("locks can be taken"));
      assertEquals("the local server stopped\n", user.run("lockexctl", "local", "stop").out());
      assertEquals(1, user.run("lockexctl", "local", "status").code());
      assertEquals("the local server does not run\n", user.run("lockexctl", "local", "stop").out());
      assertTrue(user.run("lockexctl", "show", "l", "--local").out().contains("last run: "));
      assertEquals(0, user.run("lockexctl", "local", "stop").code());
    }
  }

  @Test
  void ping_says_in_words_what_is_and_what_is_wrong() throws IOException {
    Image.Result well = ctl("ping", "-z", server.hosts() + ",localhost:1");
    assertEquals(0, well.code(), well::err);
    assertTrue(well.out().contains(server.hosts() + ": standalone, ZooKeeper 3."), well::out);
    assertTrue(well.out().contains("localhost:1: Connection refused\n"), well::out);
    assertTrue(well.out().contains("timeout 10s (asked for 10s)"), well::out);
    assertTrue(well.out().contains("locks can be taken\n"), well::out);
    Image.Result away = ctl("ping", "-T", "0.5", "-z", "127.0.0.1:" + Ports.free());
    assertEquals(69, away.code());
    assertEquals(64, ctl("ping", "-z", "zk:nonsense").code());
  }

  @Test
  void a_lock_path_without_rights_is_77_for_reading_and_for_ping() throws Exception {
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      ZooKeeper client = tree.client();
      List<ACL> nobody = Arrays.asList(new ACL(ZooDefs.Perms.ALL, new Id("ip", "192.0.2.1")));
      List<ACL> readers = Arrays.asList(new ACL(ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE));
      client.create("/closed", new byte[0], nobody, CreateMode.PERSISTENT);
      client.create("/readable", new byte[0], readers, CreateMode.PERSISTENT);
    }
    for (String subcommand : List.of("ls", "watch")) {
      Image.Result result = ctl(subcommand, "-p", "closed");
      assertEquals(77, result.code(), subcommand);
      Image.assertOneLine(result, "/closed", "authorise");
    }
    Image.Result closed = ctl("ping", "-p", "closed");
    assertEquals(77, closed.code());
    assertTrue(closed.out().contains("the right to read there is missing"), closed::out);
    Image.Result readable = ctl("ping", "-p", "readable");
    assertEquals(77, readable.code());
    assertTrue(readable.out().contains("the right to create there is missing"), readable::out);
  }

  @Test
  void what_is_not_there_is_1_and_one_line() throws Exception {
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      ZooKeeper client = tree.client();
      if (client.exists("/lockex", false) == null) {
        tree.create("/lockex");
      }
      tree.create("/lockex/foreign");
      client.setData("/lockex/foreign", "config".getBytes(UTF_8), -1);
    }
    for (List<String> args :
        List.of(
            List.of("show", "nobody-knows"),
            List.of("show", "foreign"),
            List.of("break", "nobody-knows", "--yes"),
            List.of("forget", "nobody-knows"))) {
      Image.Result result = ctl(args.toArray(String[]::new));
      assertEquals(1, result.code(), args::toString);
      assertEquals("", result.out());
      Image.assertOneLine(result, "lockexctl: ", args.get(1));
    }
    assertTrue(ctl("ls", "foreign").out().contains("other"));
  }

  @Test
  void bad_usage_is_64_and_one_line() {
    for (List<String> args :
        List.of(
            List.of("ls", "[a"),
            List.of("bogus"),
            List.of("show"),
            List.of("show", "a/b"),
            List.<String>of())) {
      Image.Result result = ctl(args.toArray(String[]::new));
      assertEquals(64, result.code(), args::toString);
      Image.assertOneLine(result, "lockexctl: ");
    }
    assertTrue(ctl("--help").out().contains("break ID"));
    assertTrue(ctl("--version").out().startsWith("lockexctl "));
  }

  @Test
  void a_pattern_that_no_lock_matches_is_1_and_said() {
    Image.Result none = ctl("ls", "no-such-*");
    assertEquals(1, none.code());
    assertEquals("lockexctl: ls below /lockex: no lock has such a name\n", none.err());
    assertEquals(0, ctl("ls").code());
  }

  @Test
  void who_waits_for_the_lock_it_runs_under_is_told_so_on_a_terminal() {
    Image.Running outer =
        Image.start(
            Map.of("ZKHOSTS", server.hosts()),
            new byte[0],
            List.of(
                "script",
                "-qec",
                Image.bin("lockex") + " -i in -- " + Image.bin("lockex") + " -t 2 -i in -- true",
                "/dev/null"));
    Image.Result shown = outer.end();
    assertEquals(75, shown.code());
    assertTrue(shown.out().contains("for lock in, under which this very command runs"), shown::out);
  }

  @Test
  void a_reader_that_goes_away_is_no_fault() {
    Image.Result result =
        Image.sh(server.hosts(), "lockexctl --help | true; lockexctl ls | head -0");
    assertEquals("", result.err());
  }

  @Test
  void the_waiting_line_is_for_terminals_and_gone_when_the_command_starts() {
    Image.Running holder = holder("line", "exec sleep 60");
    Image.Running waiter =
        Image.start(
            Map.of("ZKHOSTS", server.hosts()),
            new byte[0],
            List.of("script", "-qec", Image.bin("lockex") + " -i line -- echo now", "/dev/null"));
    awaitContenders("line", 2);
    Image.Running quiet = Image.startLockex(server.hosts(), "-i", "line", "--", "true");
    awaitContenders("line", 3);
    java.util.concurrent.locks.LockSupport.parkNanos(2_500_000_000L);
    holder.signal("TERM");
    holder.end();
    Image.Result shown = waiter.end();
    assertTrue(shown.out().contains("for lock line: place 1 of 2, held by "), shown::out);
    assertTrue(shown.out().contains(":" + holder.pid() + " ("), shown::out);
    assertTrue(shown.out().endsWith("\r\033[Know\r\n"), shown::out);
    assertTrue(shown.out().split("waiting ", -1).length <= 6, shown::out);
    assertEquals("", quiet.end().err());
    assertFalse(shown.out().contains("\n\rlockex"), shown::out);
  }
}
