package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;
import org.lockex.fixture.TestZooKeeper;

/**
 * A grant outlives the lockexd that gave it, but not its lifetime: a waiting lockex sees to that.
 */
@TestInstance(Lifecycle.PER_CLASS)
class DeadLockexdE2E {
  private static final int LIFETIME_SECONDS = 2;

  @TempDir Path folder;
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();

  @Test
  @Tag("timed")
  void a_waiting_command_runs_when_a_dead_lockexds_grant_is_over_and_not_before() throws Exception {
    try (Lockexd mortal = new Lockexd("-z", zooKeeper.hosts())) {
      long asked = System.nanoTime();
      assertEquals(201, mortal.acquire("orphan", 0, LIFETIME_SECONDS).statusCode());
      long granted = System.nanoTime();
      mortal.crash();
      runsInTime(asked, granted, "-i", "orphan", "--", "true");
    }
  }

  @Test
  @Tag("timed")
  void so_does_one_of_a_lock_that_counts() throws Exception {
    Path config = folder.resolve("lockserver.conf");
    Files.writeString(
        config,
        """
        [general]
        DEFAULT_LOCK=counted
        DEFAULT_LOCK_SIZE=2
        DEFAULT_LOCK_MAX_LOCK_TIME=%d
        """
            .formatted(LIFETIME_SECONDS));
    try (Lockexd mortal = new Lockexd("-z", zooKeeper.hosts(), "--config", config.toString())) {
      String take =
          """
          import lockcli, os
          for i in 1, 2:
              l = lockcli.Lock(os.environ["BASE"] + "/RPC2", "counted")
              print(l.lock_query() and l.lock_wait())
          """;
      long asked = System.nanoTime();
      Image.Result taken =
          Image.start(
                  Map.of(
                      "PYTHONPATH", Image.HOME.resolve("share").toString(), "BASE", mortal.url("")),
                  new byte[0],
                  List.of("/usr/bin/python3", "-c", take))
              .end();
      long granted = System.nanoTime();
      mortal.crash();
      assertEquals("True\nTrue\n", taken.out(), taken.err());
      runsInTime(asked, granted, "-c", "2", "-i", "counted", "--", "true");
    }
  }

  /** Runs lockex, which has to wait for the end of a lifetime that began between these moments. */
  private void runsInTime(long asked, long granted, String... args) throws Exception {
    Image.Result ran = Image.lockex(zooKeeper.hosts(), args);
    Duration sooner = Duration.ofNanos(System.nanoTime() - granted);
    Duration later = Duration.ofNanos(System.nanoTime() - asked);
    assertEquals(0, ran.code(), ran.err());
    assertTrue(later.toSeconds() >= LIFETIME_SECONDS, "broken promise, after " + later);
    // Nobody watched before: it counts from when it was seen first. A second, and another one for a
    // machine that has other things to do.
    assertTrue(sooner.toSeconds() < 2 * LIFETIME_SECONDS + 2, "late, after " + sooner);
  }

  @Test
  void a_step_of_the_servers_clock_shortens_no_grant() throws Exception {
    Path clock = Files.writeString(folder.resolve("clock"), "+0");
    try (DebianZooKeeper server = DebianZooKeeper.withClock(clock)) {
      try (Lockexd mortal = new Lockexd("-z", server.hosts())) {
        assertEquals(201, mortal.acquire("stepped", 0, 600).statusCode());
        mortal.crash();
      }
      Files.writeString(clock, "+1h");
      // Whoever comes now has nodes of the later time beside the grant's.
      assertEquals(
          75, Image.lockex(server.hosts(), "-t", "3", "-i", "stepped", "--", "true").code());
      assertEquals(75, Image.lockex(server.hosts(), "-n", "-i", "stepped", "--", "true").code());
      try (Lockexd next = new Lockexd("-z", server.hosts())) {
        assertEquals(408, next.acquire("stepped", 1, 9).statusCode());
      }
    }
  }

  @Test
  void jobs_that_do_not_wait_are_not_shut_out_by_a_dead_lockexd() throws Exception {
    try (Lockexd mortal = new Lockexd("-z", zooKeeper.hosts())) {
      assertEquals(201, mortal.acquire("tried", 0, 3).statusCode());
      mortal.crash();
    }
    String[] job = {"-n", "-i", "tried", "--", "true"};
    long first = System.nanoTime();
    assertEquals(75, Image.lockex(zooKeeper.hosts(), job).code());
    Poll.until("a try succeeds", () -> Image.lockex(zooKeeper.hosts(), job).code() == 0);
    Duration took = Duration.ofNanos(System.nanoTime() - first);
    assertTrue(took.toMillis() >= 2900, "broken promise, after " + took);
  }
}
