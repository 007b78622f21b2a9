package org.lockex.lock.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LeaseClockTest {
  private static final long MS = 1_000_000;
  private static final long T = 10_000 * MS;
  private static final long MARGIN = 500 * MS;

  private final LeaseClock clock = new LeaseClock();

  private long base() {
    return clock.deadline().dieAt() - clock.timeout() + MARGIN;
  }

  @Test
  void counts_from_the_request_that_created_the_session() {
    clock.created(7 * MS, T);
    assertEquals(new Deadline(7 * MS + T - 2 * MARGIN, 7 * MS + T - MARGIN, T), clock.deadline());
  }

  @Test
  void keeps_at_least_200_ms_before_the_server_can_expire_the_session() {
    clock.created(0, 2_000 * MS);
    assertEquals(1_800 * MS, clock.deadline().dieAt());
    assertEquals(1_700 * MS, clock.deadline().killAt());
  }

  @Test
  void answers_alone_prove_nothing() {
    clock.created(0, T);
    for (int i = 1; i < 100; i++) {
      clock.answered(i * 100L * MS, i * 100L * MS + MS);
    }
    assertEquals(0, base());
  }

  @Test
  void a_heartbeat_proves_what_was_answered_a_quarter_of_T_before_it_was_sent() {
    clock.created(0, T);
    clock.answered(1_000 * MS, 1_001 * MS);
    clock.answered(2_000 * MS, 2_001 * MS);
    clock.proven(3_501 * MS, 3_600 * MS);
    assertEquals(1_000 * MS, base());
    clock.proven(4_500 * MS, 4_600 * MS);
    assertEquals(1_000 * MS, base());
    clock.proven(4_501 * MS, 4_700 * MS);
    assertEquals(2_000 * MS, base());
  }

  @Test
  void a_late_answer_counts_as_late() {
    // Sent at 1 s, stuck on the way until 4 s: a follower cannot have heard of it before.
    clock.created(0, T);
    clock.proven(1_000 * MS, 4_000 * MS);
    clock.proven(6_400 * MS, 6_401 * MS);
    assertEquals(0, base());
    clock.proven(6_500 * MS, 6_501 * MS);
    assertEquals(1_000 * MS, base());
  }

  @Test
  void a_pause_between_sending_and_receiving_does_not_make_it_younger() {
    clock.created(0, T);
    clock.proven(1_000 * MS, 1_002 * MS);
    // Stopped for a minute after the request was sent and answered.
    clock.proven(4_000 * MS, 64_000 * MS);
    assertEquals(1_000 * MS, base());
    assertTrue(clock.deadline().dieAt() < 64_000 * MS, "the deadline is over");
  }

  @Test
  void a_reconnect_counts_once_a_heartbeat_sent_after_it_was_answered() {
    clock.created(0, T);
    clock.reconnected(5_000 * MS, T);
    assertEquals(0, base());
    clock.proven(4_999 * MS, 5_050 * MS);
    assertEquals(0, base());
    clock.proven(5_010 * MS, 5_060 * MS);
    assertEquals(5_000 * MS, base());
  }

  @Test
  void what_an_earlier_connection_answered_is_not_proven_by_a_later_one() {
    clock.created(0, T);
    clock.proven(4_900 * MS, 4_950 * MS);
    // All that is known of the request is that it was not sent before 5 s.
    clock.answered(5_100 * MS, 5_150 * MS);
    clock.reconnected(5_000 * MS, T);
    clock.proven(9_000 * MS, 9_001 * MS);
    assertEquals(5_000 * MS, base());
  }

  @Test
  void the_least_timeout_ever_granted_counts() {
    clock.created(0, T);
    clock.reconnected(1_000 * MS, T / 2);
    assertEquals(T / 2, clock.timeout());
    assertEquals(T / 2 - 250 * MS, clock.deadline().dieAt());
    clock.reconnected(2_000 * MS, 2 * T);
    assertEquals(T / 2, clock.timeout());
  }

  @Test
  void a_new_session_starts_anew() {
    clock.created(0, T);
    clock.proven(5_000 * MS, 5_001 * MS);
    clock.created(20_000 * MS, 2 * T);
    assertEquals(20_000 * MS + 2 * T - 1_000 * MS, clock.deadline().dieAt());
  }

  @Test
  void what_the_old_session_answered_is_not_proven_by_a_new_one() {
    clock.created(0, T);
    clock.answered(20_100 * MS, 20_150 * MS);
    clock.created(20_000 * MS, T);
    clock.proven(24_000 * MS, 24_001 * MS);
    assertEquals(20_000 * MS, base());
  }

  @Test
  void the_kill_comes_after_the_grace_but_a_grace_takes_no_more_than_a_sixth_of_T() {
    clock.created(0, T);
    Deadline deadline = clock.deadline();
    assertEquals(deadline.killAt() - 1_000 * MS, deadline.termAt(Duration.ofSeconds(1)));
    assertEquals(deadline.killAt() - T / 6, deadline.termAt(Duration.ofSeconds(2)));
    assertEquals(deadline.killAt() - T / 6, deadline.termAt(Duration.ofSeconds(Long.MAX_VALUE)));
    assertEquals(deadline.killAt(), deadline.termAt(Duration.ZERO));
  }

  /**
   * A leader, a follower and a client whose requests take random times, in virtual time: the
   * follower tells the leader each half tick who was active; at a random moment a link is cut.
   */
  @Test
  void the_deadline_is_never_after_the_expiry_whatever_is_cut_and_however_slow_the_network() {
    for (int seed = 0; seed < 20_000; seed++) {
      new World(seed).run();
    }
  }

  private static final class World {
    private final Random random;
    private final long tick;
    private final long timeout;
    private final LeaseClock clock = new LeaseClock();
    private final int seed;

    World(int seed) {
      this.seed = seed;
      random = new Random(seed);
      timeout = (2 + random.nextInt(19)) * 1_000L * MS;
      tick = timeout / (2 + random.nextInt(19));
    }

    private long between(long least, long most) {
      return least + (long) (random.nextDouble() * (most - least));
    }

    void run() {
      long end = timeout * 3;
      long cutLeader = between(timeout / 2, end);
      long cutClient = between(timeout / 2, end);
      long heard = between(0, 30 * MS); // The leader creates the session after it was asked for.
      clock.created(0, timeout);
      long phase = between(0, tick / 2);
      long slowest = between(1, random.nextInt(4) == 0 ? timeout / 3 : 50 * MS);
      TreeMap<Long, Boolean> active = new TreeMap<>();
      ArrayDeque<long[]> answers = new ArrayDeque<>();
      // Holders and waiters of all kinds: nothing rests on how often they send.
      long beat =
          Math.max(
              50 * MS,
              List.of(timeout / 14, timeout / 10, timeout * 5 / 16).get(random.nextInt(3)));
      long readUntil = between(0, timeout);
      int proofs = 1 + random.nextInt(3);
      long arrived = 0;
      long received = 0;
      for (long sent = between(0, 100 * MS); sent < end; sent += beat) {
        arrived = Math.max(arrived, sent + between(0, slowest));
        if (arrived >= cutClient) {
          break;
        }
        active.put(arrived, true);
        boolean proof = sent > readUntil && random.nextInt(proofs) == 0;
        if (proof && arrived >= cutLeader) {
          continue;
        }
        received = Math.max(received, arrived + between(0, slowest));
        if (received >= cutClient) {
          break;
        }
        answers.add(new long[] {sent, received, proof ? 1 : 0});
      }
      for (long ping = phase; ping < Math.min(cutLeader, end); ping += tick / 2) {
        if (active.headMap(ping, true).tailMap(ping - tick / 2).size() > 0) {
          heard = Math.max(heard, ping);
        }
      }
      while (!answers.isEmpty()) {
        long[] answer = answers.remove();
        if (answer[2] == 1) {
          clock.proven(answer[0], answer[1]);
        } else {
          clock.answered(answer[0], answer[1]);
        }
      }
      long expiry = heard + timeout;
      assertTrue(
          clock.deadline().dieAt() < expiry,
          () -> "seed " + seed + ": late by " + (clock.deadline().dieAt() - expiry) / MS + " ms");
    }
  }
}
