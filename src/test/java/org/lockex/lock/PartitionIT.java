package org.lockex.lock;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;

/** A deadline comes before the server gives the lock away, whatever falls silent. */
class PartitionIT {

  /** Holds one lock and has a rival wait for it. */
  private static final class Duel {
    final Heard heard = new Heard();
    final CompletableFuture<Long> rival;
    final HeldLock lock;

    Duel(Contest holders, Contest rivals, String id, int concurrency, Duration timeout)
        throws Exception {
      lock = Contest.acquire(holders.session(timeout), id, concurrency);
      for (int i = 1; i < concurrency; i++) {
        Contest.acquire(rivals.session(timeout), id, concurrency);
      }
      lock.lease().listen(heard);
      rival =
          Contest.acquiring(rivals.session(timeout), id, concurrency)
              .thenApply(l -> System.nanoTime());
    }

    /** How long before the rival's acquisition the deadline was, in ms. */
    long slack() throws Exception {
      return (rival.get(30, TimeUnit.SECONDS) - heard.deadline.dieAt()) / 1_000_000;
    }
  }

  /** What a listener heard last. */
  static final class Heard implements Lease.Listener {
    volatile Deadline deadline = new Deadline(0, 0, 0);
    volatile Loss loss;
    volatile long lostAt;
    volatile long shortest = Long.MAX_VALUE;

    @Override
    public void renewed(Deadline next) {
      if (next.dieAt() < deadline.dieAt()) {
        throw new AssertionError("a deadline went back");
      }
      if (deadline.dieAt() != 0) {
        shortest = Math.min(shortest, deadline.termAt(Duration.ofSeconds(10)) - System.nanoTime());
      }
      deadline = next;
    }

    @Override
    public void lost(Loss why) {
      loss = why;
      lostAt = System.nanoTime();
    }
  }

  @Test
  void the_deadline_comes_first_when_the_connection_falls_silent() throws Exception {
    // Two ticks are the shortest timeout that the server grants, and the hardest case.
    try (TestingServer server =
            new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, 2000, -1), true);
        Relay relay = new Relay(server.getPort());
        Contest holders = new Contest(relay.address());
        Contest rivals = new Contest(server.getConnectString())) {
      List<Duel> duels = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        duels.add(new Duel(holders, rivals, "silent" + i, 1 + i % 2, Duration.ofSeconds(4)));
        Thread.sleep(170);
      }
      relay.silence();
      StringBuilder slacks = new StringBuilder("silent, slack ms:");
      for (Duel duel : duels) {
        long slack = duel.slack();
        slacks.append(' ').append(slack);
        assertTrue(slack > 0, slacks.toString());
      }
      System.out.println(slacks);
    }
  }

  @Test
  void the_deadline_comes_first_when_a_follower_is_cut_from_its_leader() throws Exception {
    try (Ensemble ensemble = new Ensemble(2000)) {
      int leader = ensemble.leader();
      int follower = (leader + 1) % 3;
      int other = (leader + 2) % 3;
      try (Contest holders = new Contest(ensemble.host(follower));
          Contest rivals = new Contest(ensemble.host(other))) {
        List<Duel> duels = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          duels.add(new Duel(holders, rivals, "cut" + i, 1 + i % 2, Duration.ofSeconds(4)));
          Thread.sleep(170);
        }
        ensemble.link(follower, leader).silence();
        StringBuilder slacks = new StringBuilder("cut follower, slack ms:");
        for (Duel duel : duels) {
          long slack = duel.slack();
          slacks.append(' ').append(slack);
          assertTrue(slack > 0, slacks.toString());
        }
        System.out.println(slacks);
      }
    }
  }

  @Test
  void one_silent_server_of_three_is_survived() throws Exception {
    for (int seconds : new int[] {10, 4, 3}) {
      try (Ensemble ensemble = new Ensemble(500);
          Contest contest = new Contest(ensemble.hosts())) {
        List<Heard> heard = new ArrayList<>();
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
          Session session = contest.session(Duration.ofSeconds(seconds));
          sessions.add(session);
          heard.add(new Heard());
          Contest.acquire(session, "one" + i, 1).lease().listen(heard.get(i));
          Thread.sleep(110);
        }
        Thread.sleep(3000);
        int silent = (ensemble.leader() + 1) % 3;
        ensemble.clientSide(silent).silence();
        Thread.sleep(seconds * 1500L);
        StringBuilder left =
            new StringBuilder("silent server, T=" + seconds + " s, ms left before SIGTERM:");
        for (int i = 0; i < 9; i++) {
          left.append(' ').append(heard.get(i).shortest / 1_000_000);
          assertNull(heard.get(i).loss);
          assertTrue(heard.get(i).deadline.killAt() > System.nanoTime(), "renewed again");
        }
        System.out.println(left);
      }
    }
  }
}
