package org.lockex.gateway.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.gateway.lease.LeaseWorld.Fault;
import org.lockex.gateway.lease.LeaseWorld.Watched;

/** A lock's node goes a minute after the last one there; ZooKeeper's own reaper sleeps here. */
class EmptyLocksTest {
  private static final Duration NEARLY = EmptyLocks.KEPT.minusMillis(100);
  private static final Duration REST = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofHours(1);

  private static LeaseWorld world(int concurrency) {
    return new LeaseWorld(1, 2, concurrency, Fault.NONE, -1);
  }

  private static Watched acquire(LeaseWorld world, String lock, Duration lifetime) {
    Watched watched = world.acquire(0, lock, LONG, lifetime, Duration.ZERO);
    world.settle();
    return watched;
  }

  private static boolean exists(LeaseWorld world, String lock) {
    return world.server.exists(LeaseWorld.ROOT + "/" + lock);
  }

  private static long locks(LeaseWorld world) {
    return world.server.paths().stream()
        .filter(path -> path.startsWith(LeaseWorld.ROOT + "/"))
        .count();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void it_goes_after_a_minute_and_not_before(int concurrency) {
    LeaseWorld world = world(concurrency);
    acquire(world, "job", LONG);
    world.releaseAll(1);
    world.pass(NEARLY);
    assertTrue(exists(world, "job"));
    world.pass(REST);
    assertEquals(0, locks(world), world.server.paths().toString());
    assertEquals(0, world.gateways.get(0).directory().locks());
    assertEquals(0, world.gateways.get(1).directory().locks());
  }

  @Test
  void the_end_of_a_lifetime_leaves_an_empty_lock_too() {
    LeaseWorld world = world(1);
    acquire(world, "job", Duration.ofSeconds(10));
    world.pass(Duration.ofSeconds(10).plus(NEARLY));
    assertTrue(exists(world, "job"));
    world.pass(REST);
    assertFalse(exists(world, "job"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void who_comes_meanwhile_keeps_it(int concurrency) {
    LeaseWorld world = world(concurrency);
    acquire(world, "job", LONG);
    world.releaseAll(0);
    world.pass(NEARLY);
    Watched next = acquire(world, "job", LONG);
    assertInstanceOf(LeaseOutcome.Granted.class, next.outcome.orElseThrow());
    world.pass(Duration.ofMinutes(5));
    assertTrue(exists(world, "job"));
    world.releaseAll(0);
    world.pass(NEARLY);
    assertTrue(exists(world, "job"));
    world.pass(REST);
    assertFalse(exists(world, "job"));
  }

  @Test
  void each_use_begins_the_minute_anew() {
    LeaseWorld world = world(1);
    acquire(world, "job", LONG);
    world.releaseAll(0);
    world.pass(EmptyLocks.KEPT.dividedBy(2));
    acquire(world, "job", LONG);
    world.releaseAll(0);
    world.pass(NEARLY);
    assertTrue(exists(world, "job"));
    world.pass(REST);
    assertFalse(exists(world, "job"));
  }

  @Test
  void one_that_came_while_the_delete_was_on_its_way_has_its_lock() {
    for (int seed = 0; seed < 200; seed++) {
      LeaseWorld world = new LeaseWorld(seed, 2, 1 + seed % 2, Fault.NONE, -1);
      acquire(world, "job", LONG);
      world.releaseAll(0);
      world.settle();
      world.time.runNext(world.time.now() + EmptyLocks.KEPT.toNanos());
      Watched next = world.acquire(1, "job", LONG, LONG, Duration.ZERO);
      world.settle();
      assertInstanceOf(LeaseOutcome.Granted.class, next.outcome.orElse(null), "seed " + seed);
      assertEquals(1, world.contenders().size());
    }
  }

  @Test
  void names_that_are_used_once_do_not_grow_without_bound() {
    LeaseWorld world = new LeaseWorld(1, 1, 1, Fault.NONE, -1);
    long most = 0;
    for (int second = 0; second < 150; second++) {
      for (int i = 0; i < 2; i++) {
        acquire(world, "job" + second + "-" + i, LONG);
      }
      world.releaseAll(0);
      world.requests.clear();
      world.pass(Duration.ofSeconds(1));
      most = Math.max(most, locks(world));
    }
    assertTrue(most <= 2 * 62, most + " locks");
  }

  @Test
  void many_that_end_at_once_all_go() {
    LeaseWorld world = new LeaseWorld(1, 1, 1, Fault.NONE, -1);
    for (int i = 0; i < 150; i++) {
      acquire(world, "job" + i, LONG);
    }
    world.releaseAll(0);
    world.pass(EmptyLocks.KEPT.plusSeconds(1));
    assertEquals(0, locks(world));
  }
}
