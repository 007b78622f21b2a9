package org.lockex.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.lockex.child.Signals;
import org.lockex.cli.LineWriter;
import org.lockex.cli.Stderr;
import org.lockex.cli.Verbosity;

/** Which share of {@code --splay} a host waits for a lock. */
class SplayTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private static Duration wait(String host, String lock) {
    return new Splay(host, "").of(HOUR, lock);
  }

  /** Hosts keep their turns through upgrades: this is the first eight bytes of SHA-256. */
  @Test
  void is_the_same_in_every_version() {
    assertEquals(
        Duration.ofNanos(2_393_386_138_815L),
        wait("0123456789abcdef0123456789abcdef", "/lockex/a"));
  }

  @Test
  void spreads_hosts_and_locks_evenly() {
    int[] hosts = new int[10];
    int[] locks = new int[10];
    for (int i = 0; i < 1000; i++) {
      hosts[(int) (wait("web" + i, "/lockex/a").toMinutes() / 6)]++;
      locks[(int) (wait("web1", "/lockex/" + i).toMinutes() / 6)]++;
    }
    for (int i = 0; i < 10; i++) {
      assertTrue(hosts[i] > 60 && hosts[i] < 140, "hosts " + hosts[i]);
      assertTrue(locks[i] > 60 && locks[i] < 140, "locks " + locks[i]);
    }
  }

  @Test
  void is_in_proportion_to_the_time_given() {
    Splay splay = new Splay("web1", "");
    double share = splay.of(HOUR, "/lockex/a").toNanos() / (double) HOUR.toNanos();
    assertEquals(share * 100, (double) splay.of(Duration.ofNanos(100), "/lockex/a").toNanos(), 1);
    assertEquals(Duration.ZERO, splay.of(Duration.ofNanos(1), "/lockex/a"));
  }

  private static Optional<RunOutcome> await(Duration below, BlockingQueue<RunEvent> events)
      throws InterruptedException {
    Stderr stderr =
        new Stderr("lockex", Verbosity.DEFAULT, new LineWriter(new ByteArrayOutputStream()));
    return new Splay("web1", "").await(below, "/lockex/a", events, stderr);
  }

  @Test
  void waits_as_long_as_it_says_and_keeps_what_comes_meanwhile() throws InterruptedException {
    Duration below = Duration.ofMillis(500);
    RunEvent later = new RunEvent.PassedBy(Signals.HUP);
    BlockingQueue<RunEvent> events = new LinkedBlockingQueue<>(List.of(later));
    long start = System.nanoTime();
    assertEquals(Optional.empty(), await(below, events));
    long took = System.nanoTime() - start;
    assertTrue(took >= new Splay("web1", "").of(below, "/lockex/a").toNanos(), "took " + took);
    assertEquals(List.of(later), List.copyOf(events));
  }

  @Test
  void ends_with_a_signal_that_ends_processes_and_with_a_defect() throws InterruptedException {
    Duration years = Duration.ofDays(10_000);
    RunEvent resized = new RunEvent.Signalled(Signals.WINCH);
    RunEvent term = new RunEvent.Signalled(Signals.TERM);
    assertEquals(
        Optional.of(new RunOutcome.Interrupted(Signals.TERM)),
        await(years, new LinkedBlockingQueue<>(List.of(resized, term))));
    RunEvent defect = new RunEvent.Defect("torn");
    BlockingQueue<RunEvent> events = new LinkedBlockingQueue<>(List.of(defect));
    assertEquals(Optional.empty(), await(years, events));
    assertEquals(List.of(defect), List.copyOf(events));
  }
}
