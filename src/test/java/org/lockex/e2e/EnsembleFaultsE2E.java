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

/** Faults of an ensemble of three. */
class EnsembleFaultsE2E {
  private static final Duration START = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final List<Image.Running> started = new ArrayList<>();

  @AfterEach
  void endAll() {
    for (Image.Running running : started) {
      running.process().destroyForcibly();
      running.end();
    }
  }

  @Test
  void a_follower_cut_from_its_leader_lets_no_two_commands_run() {
    try (DebianEnsemble ensemble = new DebianEnsemble()) {
      if (ensemble.awaitLeader() == 2) {
        ensemble.kill(2);
        ensemble.awaitLeader();
        ensemble.restart(2);
      }
      Ticks ticks = new Ticks(folder.resolve("cut"));
      Image.Running first = run(ensemble.proxy(2).hosts(), "4s", "cut", ticks, "A");
      ticks.awaitFirst("A", START);
      String leader = ensemble.proxy(ensemble.awaitLeader()).hosts();
      run(leader, "4s", "cut", ticks, "B");
      try (ZooKeeperTree tree = new ZooKeeperTree(leader)) {
        Poll.until("both are in the queue", () -> tree.contenders("/lockex/cut").size() == 2);
      }
      await(Duration.ofMillis(500));
      assertEquals(List.of(), ticks.of("B"), "it runs beside the first");
      ensemble.cutThirdFromLeader();
      ticks.awaitFirst("B", Duration.ofSeconds(30));
      ticks.assertNoOverlap("A", "B");
      assertEquals(76, first.end().code());
    }
  }

  @Test
  @Tag("waits")
  void servers_that_go_silent_or_die_or_restart_one_by_one_are_survived() {
    try (DebianEnsemble ensemble = new DebianEnsemble()) {
      Ticks ticks = new Ticks(folder.resolve("survives"));
      Image.Running first = run(ensemble.hosts(), "10s", "survives", ticks, "A");
      ticks.awaitFirst("A", START);
      for (int i = 0; i < 3; i++) {
        ensemble.proxy(i).goSilent();
        await(Duration.ofSeconds(7));
        assertTrue(first.process().isAlive(), "ended by the silence of one server");
        ensemble.proxy(i).heal();
        await(Duration.ofSeconds(2));
      }
      for (int i = 0; i < 3; i++) {
        ensemble.kill(i);
        ensemble.awaitLeader();
        ensemble.restart(i);
        ensemble.awaitLeader();
        assertTrue(first.process().isAlive(), "ended by the restart of one server");
      }
      first.signal("TERM");
      assertEquals(143, first.end().code());
    }
  }

  private Image.Running run(String hosts, String timeout, String id, Ticks ticks, String who) {
    List<String> args = new ArrayList<>(List.of("--session-timeout", timeout, "-i", id, "--"));
    args.addAll(ticks.command(who));
    Image.Running running = Image.startLockex(hosts, args.toArray(String[]::new));
    started.add(running);
    return running;
  }

  private static void await(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
