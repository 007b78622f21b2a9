package org.lockex.gateway.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lockex.gateway.lease.LeaseWorld.Fault;
import org.lockex.gateway.lease.LeaseWorld.Watched;

/**
 * The lease model over a fake ZooKeeper that fails at every request of every scenario in turn:
 * every request gets exactly one outcome, never do more hold a lock than may, and nothing is left.
 */
class LeaseModelTest {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final Duration LIFETIME = Duration.ofSeconds(5);

  /** Fewer where each is run for every mutant. */
  private static final int SEEDS = Integer.getInteger("seeds", 12);

  /** What clients do. */
  private interface Scenario {
    void play(LeaseWorld world);
  }

  private static void mutex(LeaseWorld world) {
    world.acquire(0, "job", WAIT, LIFETIME, Duration.ZERO);
    world.acquire(1, "job", WAIT, LIFETIME, Duration.ZERO);
    world.acquire(0, "job", WAIT, LIFETIME, Duration.ZERO);
    world.acquire(1, "job", Duration.ZERO, LIFETIME, Duration.ZERO);
    world.settle();
    Watched leaver = world.acquire(1, "job", WAIT, LIFETIME, Duration.ZERO);
    world.gateways.get(1).hangUp(leaver.pending);
    world.pass(Duration.ofSeconds(1));
    world.releaseAll(1);
    world.pass(Duration.ofSeconds(1));
    world.releaseAll(0);
    world.pass(Duration.ofSeconds(1));
    world.releaseAll(1);
    world.settle();
    // The lock's node is there, so both find it free and create a grant at once.
    world.acquire(0, "job", WAIT, LIFETIME, Duration.ZERO);
    world.acquire(1, "job", WAIT, LIFETIME, Duration.ZERO);
    world.settle();
  }

  private static void claims(LeaseWorld world) {
    Duration grace = Duration.ofSeconds(2);
    Watched first = world.acquire(0, "job", WAIT, LIFETIME, grace);
    Watched second = world.acquire(1, "job", WAIT, LIFETIME, grace);
    world.settle();
    world.gateways.get(0).claim(first.pending, true);
    world.settle();
    world.gateways.get(1).claim(second.pending, true);
    world.pass(Duration.ofSeconds(1));
    world.gateways.get(1).claim(second.pending, false);
    world.releaseAll(0);
    world.settle();
  }

  private static void play(Scenario scenario, int concurrency, Fault fault) {
    for (int seed = 0; seed < SEEDS; seed++) {
      int requests = run(scenario, concurrency, Fault.NONE, Integer.MAX_VALUE, seed);
      assertTrue(requests > 10, "the scenario makes requests: " + requests);
      for (int at = 0; at < requests; at++) {
        try {
          int _ = run(scenario, concurrency, fault, at, seed);
        } catch (AssertionError e) {
          throw new AssertionError(fault + " at request " + at + ", seed " + seed, e);
        }
      }
    }
  }

  private static int run(Scenario scenario, int concurrency, Fault fault, int at, int seed) {
    LeaseWorld world = new LeaseWorld(seed, 2, concurrency, fault, at);
    scenario.play(world);
    int requests = world.taken();
    assertEquals("[]", world.orphans().toString());
    world.pass(Duration.ofMinutes(2));
    assertEquals("[]", world.overlaps.toString());
    for (Watched request : world.requests) {
      assertEquals(1, request.outcomes, () -> "outcomes of " + request.pending.wanted());
    }
    assertEquals("[]", world.contenders().toString());
    return requests;
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void a_mutex_survives_a_fault_at_any_request(Fault fault) {
    play(LeaseModelTest::mutex, 1, fault);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void a_semaphore_survives_a_fault_at_any_request(Fault fault) {
    play(LeaseModelTest::mutex, 2, fault);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void turns_to_be_claimed_survive_a_fault_at_any_request(Fault fault) {
    play(LeaseModelTest::claims, 1, fault);
  }

  @Test
  void without_a_fault_everybody_gets_the_lock_who_waits() {
    for (int seed = 0; seed < SEEDS; seed++) {
      LeaseWorld world = new LeaseWorld(seed, 2, 1, Fault.NONE, -1);
      for (int i = 0; i < 6; i++) {
        world.acquire(i % 2, "job", WAIT, LIFETIME, Duration.ZERO);
      }
      world.pass(Duration.ofSeconds(50));
      world.requests.forEach(request ->
          assertTrue(
              request.outcome.orElseThrow() instanceof LeaseOutcome.Granted,
              () -> "outcome " + request.outcome));
      assertEquals("[]", world.contenders().toString());
    }
  }
}
