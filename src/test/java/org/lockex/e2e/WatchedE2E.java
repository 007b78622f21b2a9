package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;

/**
 * What monitoring asks lockexctl. The servers' clock is five hours behind that of this host, so
 * that whoever goes by this one is seen.
 */
class WatchedE2E {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static DebianZooKeeper server;
  private static Image.Running holder;

  @BeforeAll
  static void start() throws IOException {
    server = new DebianZooKeeper();
    holder = holder(server);
  }

  private static Image.Running holder(DebianZooKeeper at) {
    Path held = folder.resolve("held-" + at.hosts());
    Image.Running holding =
        Image.startLockex(
            at.hosts(), "-i", "held", "-s", "--", "echo > " + held + "; exec sleep 600");
    Poll.until("held", PATIENCE, () -> Files.exists(held));
    return holding;
  }

  @AfterAll
  static void stop() {
    holder.signal("TERM");
    Image.Result end = holder.end();
    server.close();
    assertEquals(143, end.code(), end::err); // it has held the lock to the end
  }

  private static Image.Result ctl(String... args) {
    return ctl(server, args);
  }

  private static Image.Result ctl(DebianZooKeeper at, String... args) {
    return Image.start(
            Map.of("ZKHOSTS", at.hosts()), new byte[0], Image.with(Image.bin("lockexctl"), args))
        .end();
  }

  private static int once(String id, String period, String script) {
    return Image.lockex(server.hosts(), "--once-per", period, "-i", id, "-s", "--", script).code();
  }

  private static void assertChecked(int code, String pattern, String... args) {
    Image.Result result = ctl(args);
    assertTrue(result.out().matches(pattern + "\n"), result.out() + result.err());
    assertEquals("", result.err());
    assertEquals(code, result.code(), result.out());
  }

  @Test
  void ages_are_by_the_servers_clock() throws IOException {
    Path clock = Files.writeString(folder.resolve("clock"), "-5h");
    try (DebianZooKeeper behind = DebianZooKeeper.withClock(clock)) {
      Image.Running there = holder(behind);
      ages(behind, there);
      there.signal("TERM");
      Image.Result end = there.end();
      assertEquals(143, end.code(), end::err);
    }
  }

  private static void ages(DebianZooKeeper behind, Image.Running there) {
    assertEquals(
        0, Image.lockex(behind.hosts(), "--once-per", "1h", "-i", "aged", "--", "true").code());
    String run = ctl(behind, "show", "aged").out();
    assertTrue(run.contains("last run: ") && !run.contains("last run: 5h"), run);
    assertEquals(0, ctl(behind, "check", "aged", "--max-age", "1h").code());
    String row = ctl(behind, "ls", "held").out();
    assertTrue(row.matches("(?s).*:" + there.pid() + " \\S+ +[0-9.ms ]+ +/bin/sh.*"), row);
    Image.Result watched =
        Image.sh(behind.hosts(), "timeout 5 " + Image.bin("lockexctl") + " watch held");
    assertTrue(watched.out().contains(" held holds "), watched.out());
    assertTrue(
        Duration.between(
                    java.time.Instant.parse(watched.out().split(" ", 2)[0]),
                    java.time.Instant.now())
                .toHours()
            >= 4,
        watched.out());
  }

  @Test
  void check_answers_as_monitoring_plugins_do() {
    String who = "held held [0-9.ms ]+ by \\S+:" + holder.pid() + " \\(/bin/sh -c .*\\)";
    String data = " \\| 'held held'=[0-9.]+s;;%s;0 'held wait'=0s;;;0 'held waiting'=0;;;0";
    assertChecked(0, "OK: " + who + data.formatted("3600"), "check", "held", "--max-held", "1h");
    assertChecked(2, "CRITICAL: " + who + data.formatted("0"), "check", "held", "--max-held", "0");
    assertChecked(
        1,
        "WARNING: " + who + " \\| 'held held'=[0-9.]+s;0;3600;0 .*",
        "check",
        "he*",
        "--warn-held",
        "0",
        "--max-held",
        "1h");
    assertChecked(0, "OK: none free \\| .*", "check", "none", "--max-held", "1h");
    assertChecked(0, "OK: no such lock", "check", "none*");
    assertChecked(
        2, "CRITICAL: none free, no success remembered \\| .*", "check", "none", "--max-age", "1d");
    assertChecked(2, "CRITICAL: no such lock", "check", "none*", "--max-age", "1d");
    String json = ctl("check", "held", "none", "--max-held", "0", "--json").out();
    assertTrue(
        json.startsWith("{\"status\":\"CRITICAL\",\"text\":\"held held ")
            && json.contains("{\"lock\":\"none\",\"status\":\"OK\",\"holders\":0,\"waiting\":0}"),
        json);
    Image.Result bad = ctl("check", "held", "--max-held", "soon");
    assertEquals(64, bad.code());
    Image.assertOneLine(bad, "--max-held", "soon");
  }

  @Test
  void zookeeper_away_is_unknown() {
    Image.Result away =
        Image.start(
                Map.of("ZKHOSTS", "127.0.0.1:" + Ports.free()),
                new byte[0],
                Image.with(Image.bin("lockexctl"), "check", "held", "-T", "1"))
            .end();
    assertTrue(away.out().startsWith("UNKNOWN: ") && away.out().lines().count() == 1, away.out());
    assertEquals(3, away.code());
  }

  @Test
  void who_waits_too_long_is_told() {
    Image.Running waiter = Image.startLockex(server.hosts(), "-i", "held", "--", "true");
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      Poll.until("waits", PATIENCE, () -> tree.contenders("/lockex/held").size() == 2);
    }
    assertChecked(
        2, "CRITICAL: held held .*, 1 waiting up to .*", "check", "held", "--max-wait", "0");
    waiter.signal("TERM");
    waiter.end();
  }

  @Test
  void history_tells_the_last_runs_and_how_often_there_was_nothing_to_do() {
    assertEquals(0, once("job", "1h", "true"));
    assertEquals(0, once("job", "1h", "true"));
    assertEquals(0, once("job", "1h", "true"));
    assertEquals(3, once("job", "1ms", "exit 3"));
    List<String> rows = ctl("history", "job").out().lines().toList();
    assertEquals(3, rows.size(), rows::toString);
    assertTrue(
        rows.get(1).matches("\\S+Z +[0-9.ms ]+ +[0-9.ms ]+ +3 +0 +\\S+:\\d+ \\S+ +.*exit 3"),
        rows.get(1));
    assertTrue(
        rows.get(2).matches("\\S+Z +[0-9.ms ]+ +[0-9.ms ]+ +0 +2 +\\S+:\\d+ \\S+ +.*true"),
        rows.get(2));
    String json = ctl("history", "job", "-n", "1", "--json").out();
    assertTrue(json.lines().count() == 1 && json.contains("\"exit\":3,"), json);
    assertTrue(
        ctl("check", "job", "--max-age", "1h").out().startsWith("OK: job free, last success "));
    Image.Result none = ctl("history", "never");
    assertEquals(1, none.code());
    Image.assertOneLine(none, "no run is remembered");
    assertEquals(0, ctl("forget", "job").code());
    assertEquals(1, ctl("history", "job").code());
  }
}
