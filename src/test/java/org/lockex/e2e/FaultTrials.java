package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

/**
 * Two contenders on one lock and a fault at the first: its command is dead before the second's
 * starts. The server is Debian's, tick 2 s, session timeout 4 s. How it is spoken to is up to who
 * extends this.
 */
abstract class FaultTrials {
  private static final Duration START = Duration.ofSeconds(20);
  private static final Duration T = Duration.ofSeconds(4);
  static final Duration TICK = Duration.ofSeconds(2);

  /**
   * When the second must run at the latest: the session's end is rounded up by at most two ticks.
   */
  private static final Duration PASSED_ON = T.plus(TICK.multipliedBy(2)).plusSeconds(1);

  @TempDir Path folder;
  private final List<Image.Running> started = new ArrayList<>();

  /** The one that most trials use. */
  abstract DebianZooKeeper server();

  /** Another one, for a trial that ends it. */
  abstract DebianZooKeeper make();

  /** Where contenders connect to. */
  abstract String hosts(DebianZooKeeper server);

  /** How they do. */
  abstract List<String> options();

  @AfterEach
  void endAll() {
    for (Image.Running running : started) {
      Image.kill("CONT", running.pid());
      running.process().destroyForcibly();
      running.end();
    }
  }

  @Test
  void silence_ends_the_first_before_the_second_starts() {
    for (int trial = 0; trial < 3; trial++) {
      try (Proxy proxy = new Proxy(port(server()))) {
        Ticks ticks = new Ticks(folder.resolve("silent" + trial));
        Image.Running first = run(proxy.hosts(), "silent", ticks, "A");
        ticks.awaitFirst("A", START);
        Image.Running second = rival(server(), "silent", ticks);
        proxy.goSilent();
        ticks.awaitFirst("B", PASSED_ON.plusSeconds(10));
        ticks.assertNoOverlap("A", "B");
        Image.Result result = first.end();
        assertEquals(76, result.code());
        Image.assertOneLine(result, "lockex: ", "silent");
        second.signal("TERM");
        assertEquals(143, second.end().code());
      }
    }
  }

  @Test
  @Tag("waits")
  void the_lock_of_one_that_fell_silent_is_passed_on_in_time() {
    try (Proxy proxy = new Proxy(port(server()))) {
      Ticks ticks = new Ticks(folder.resolve("passed"));
      run(proxy.hosts(), "passed", ticks, "A");
      ticks.awaitFirst("A", START);
      rival(server(), "passed", ticks);
      long cut = Ticks.nowMicros();
      proxy.goSilent();
      ticks.awaitFirst("B", PASSED_ON.plusSeconds(10));
      assertTrue(
          ticks.first("B") - cut < PASSED_ON.toNanos() / 1000,
          () -> "passed on after " + (ticks.first("B") - cut) + " us");
    }
  }

  @Test
  @Tag("waits")
  void silence_that_ends_in_time_is_not_noticed() {
    try (Proxy proxy = new Proxy(port(server()));
        ZooKeeperTree tree = new ZooKeeperTree(server().hosts())) {
      Ticks ticks = new Ticks(folder.resolve("back"));
      Image.Running first = run(proxy.hosts(), "back", ticks, "A");
      ticks.awaitFirst("A", START);
      List<String> held = tree.contenders("/lockex/back");
      for (int i = 0; i < 3; i++) {
        proxy.goSilent();
        sleep(Duration.ofMillis(700));
        proxy.heal();
        sleep(Duration.ofSeconds(2));
      }
      assertTrue(first.process().isAlive(), "the command noticed");
      assertEquals(held, tree.contenders("/lockex/back"));
      first.signal("TERM");
      Image.Result result = first.end();
      assertEquals(143, result.code());
      assertEquals("", result.err());
    }
  }

  @Test
  @Tag("waits")
  void a_reset_connection_is_not_noticed_and_a_refused_one_only_if_it_lasts() {
    try (Proxy proxy = new Proxy(port(server()))) {
      Ticks ticks = new Ticks(folder.resolve("reset"));
      Image.Running first = run(proxy.hosts(), "reset", ticks, "A");
      ticks.awaitFirst("A", START);
      Image.Running second = rival(server(), "reset", ticks);
      for (int i = 0; i < 3; i++) {
        proxy.reset();
        sleep(Duration.ofSeconds(2));
      }
      assertTrue(first.process().isAlive(), "a reset connection ended the command");
      proxy.refuse();
      ticks.awaitFirst("B", PASSED_ON.plusSeconds(10));
      ticks.assertNoOverlap("A", "B");
      assertEquals(76, first.end().code());
      assertTrue(second.process().isAlive());
    }
  }

  @Test
  void a_stopped_lockex_and_its_command_are_dead_before_the_lock_moves_on() {
    Ticks ticks = new Ticks(folder.resolve("stop"));
    Image.Running first = run(hosts(server()), "stop", ticks, "A");
    ticks.awaitFirst("A", START);
    rival(server(), "stop", ticks);
    first.signal("STOP");
    ticks.awaitFirst("B", PASSED_ON.plusSeconds(10));
    ticks.assertNoOverlap("A", "B");
    assertEquals(137, first.end().code());
  }

  @Test
  void a_killed_lockex_takes_its_command_along() {
    Ticks ticks = new Ticks(folder.resolve("kill"));
    Image.Running first = run(hosts(server()), "kill", ticks, "A");
    ticks.awaitFirst("A", START);
    rival(server(), "kill", ticks);
    first.signal("KILL");
    ticks.awaitFirst("B", PASSED_ON.plusSeconds(10));
    ticks.assertNoOverlap("A", "B");
  }

  @Test
  @Tag("timed")
  void a_killed_lockex_takes_its_command_along_at_once() {
    Ticks ticks = new Ticks(folder.resolve("killed"));
    Image.Running first = run(hosts(server()), "killed", ticks, "A");
    ticks.awaitFirst("A", START);
    first.signal("KILL");
    long killed = Ticks.nowMicros();
    sleep(Duration.ofSeconds(1));
    assertTrue(ticks.last("A") - killed < 100_000, () -> "lived on " + (ticks.last("A") - killed));
  }

  /** With a long session the next heartbeat is seconds away, so only the watch can tell in time. */
  @Test
  @Tag("timed")
  void a_deleted_node_kills_the_command_at_once() {
    try (ZooKeeperTree tree = new ZooKeeperTree(server().hosts())) {
      for (int trial = 0; trial < 3; trial++) {
        Ticks ticks = new Ticks(folder.resolve("deleted" + trial));
        Image.Running first = run(hosts(server()), "deleted", TICK.multipliedBy(20), ticks, "A");
        ticks.awaitFirst("A", START);
        sleep(Duration.ofMillis(300L * trial));
        long deleted = Ticks.nowMicros();
        tree.delete(tree.contenders("/lockex/deleted").getFirst());
        Image.Result result = first.end();
        assertEquals(76, result.code());
        Image.assertOneLine(result, "lockex: ", "deleted");
        assertTrue(ticks.last("A") - deleted < 300_000, () -> "" + (ticks.last("A") - deleted));
      }
    }
  }

  @Test
  void a_server_that_forgets_the_session_ends_the_command() {
    try (DebianZooKeeper own = make();
        DebianZooKeeper empty = make();
        Proxy proxy = new Proxy(port(own))) {
      Ticks ticks = new Ticks(folder.resolve("forgets"));
      // Otherwise it might be there from the start.
      empty.kill();
      Image.Running first = run(proxy.hosts() + "," + hosts(empty), "forgets", ticks, "A");
      ticks.awaitFirst("A", START);
      empty.restart();
      proxy.refuse();
      Image.Result result = first.end();
      assertEquals(76, result.code());
      Image.assertOneLine(result, "lockex: ", "forgets");
    }
  }

  @Test
  void a_restarted_server_is_not_noticed_or_the_command_is_dead_in_time() {
    try (DebianZooKeeper own = make()) {
      Ticks ticks = new Ticks(folder.resolve("restart"));
      Image.Running first = run(hosts(own), "restart", ticks, "A");
      ticks.awaitFirst("A", START);
      rival(own, "restart", ticks);
      own.kill();
      sleep(Duration.ofSeconds(6));
      own.restart();
      ticks.awaitFirst("B", Duration.ofSeconds(30));
      ticks.assertNoOverlap("A", "B");
      assertEquals(76, first.end().code());
    }
  }

  /** The second: it waits in the queue, and for long enough to see that it does nothing else. */
  private Image.Running rival(DebianZooKeeper at, String id, Ticks ticks) {
    Image.Running second = run(hosts(at), id, ticks, "B");
    try (ZooKeeperTree tree = new ZooKeeperTree(at.hosts())) {
      Poll.until("both are in the queue", () -> tree.contenders("/lockex/" + id).size() == 2);
    }
    sleep(Duration.ofMillis(500));
    assertEquals(List.of(), ticks.of("B"), "it runs beside the first");
    return second;
  }

  private Image.Running run(String hosts, String id, Ticks ticks, String who) {
    return run(hosts, id, T, ticks, who);
  }

  private Image.Running run(String hosts, String id, Duration session, Ticks ticks, String who) {
    List<String> args =
        new ArrayList<>(List.of("--session-timeout", session.toSeconds() + "s", "-i", id));
    args.addAll(options());
    args.add("--");
    args.addAll(ticks.command(who));
    Image.Running running = Image.startLockex(hosts, args.toArray(String[]::new));
    started.add(running);
    return running;
  }

  private int port(DebianZooKeeper server) {
    return Integer.parseInt(hosts(server).split(":")[1]);
  }

  /** What lasts: the one thing a test can only wait out. */
  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
