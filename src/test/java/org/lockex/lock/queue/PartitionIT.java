package org.lockex.lock.queue;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.lease.Deadline;
import org.lockex.lock.lease.Lease;
import org.lockex.lock.lease.Loss;
import org.lockex.lock.session.ZooKeeperSession;

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
  static final class Heard implements Lease.HoldListener {
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

  /** Two ticks are the shortest timeout that a server grants, and the hardest case. */
  private static final Duration SHORTEST = Duration.ofSeconds(4);

  private static final int DUELS = 8;

  private interface Cut {
    void now();
  }

  private static void everyDeadlineComesFirst(String what, Contest holders, Contest rivals, Cut cut)
      throws Exception {
    List<Duel> duels = new ArrayList<>();
    for (int i = 0; i < DUELS; i++) {
      duels.add(new Duel(holders, rivals, what + i, 1 + i % 2, SHORTEST));
      // The heartbeats shall differ in where they are when the link is cut.
      Thread.sleep(120);
    }
    cut.now();
    List<Long> slacks = new ArrayList<>();
    for (Duel duel : duels) {
      slacks.add(duel.slack());
    }
    System.out.println(what + ", ms from the deadline to the rival's lock: " + slacks);
    for (long slack : slacks) {
      assertTrue(slack > 0, slacks.toString());
    }
  }

  @Test
  void the_deadline_comes_first_whether_the_connection_or_the_followers_link_falls_silent()
      throws Exception {
    try (Ensemble ensemble = new Ensemble(2000)) {
      int leader = ensemble.leader();
      int follower = (leader + 1) % 3;
      int other = (leader + 2) % 3;
      try (Contest holders = new Contest(ensemble.host(other));
          Contest rivals = new Contest(ensemble.host(leader))) {
        Relay relay = ensemble.clientSide(other);
        everyDeadlineComesFirst("silent connection", holders, rivals, relay::silence);
      }
      try (Contest holders = new Contest(ensemble.host(follower));
          Contest rivals = new Contest(ensemble.host(leader))) {
        Relay link = ensemble.link(follower, leader);
        everyDeadlineComesFirst("follower without leader", holders, rivals, link::silence);
      }
    }
  }

  @Test
  @Tag("waits")
  void one_silent_server_of_three_is_survived() throws Exception {
    try (Ensemble ensemble = new Ensemble(500);
        Contest contest = new Contest(ensemble.hosts())) {
      List<Heard> heard = new ArrayList<>();
      int[] timeouts = {3, 4, 10};
      for (int i = 0; i < 12; i++) {
        Heard each = new Heard();
        heard.add(each);
        ZooKeeperSession session =
            contest.session(Duration.ofSeconds(timeouts[i % timeouts.length]));
        Contest.acquire(session, "one" + i, 1).lease().listen(each);
        Thread.sleep(90);
      }
      Thread.sleep(2500);
      ensemble.clientSide((ensemble.leader() + 1) % 3).silence();
      Thread.sleep(6000);
      for (int t = 0; t < timeouts.length; t++) {
        List<Long> left = new ArrayList<>();
        for (int i = t; i < heard.size(); i += timeouts.length) {
          left.add(heard.get(i).shortest / 1_000_000);
          assertNull(heard.get(i).loss);
          assertTrue(heard.get(i).deadline.killAt() > System.nanoTime(), "renewed again");
        }
        System.out.println(
            "silent server, T = " + timeouts[t] + " s, least ms left to SIGTERM: " + left);
      }
    }
  }
}
