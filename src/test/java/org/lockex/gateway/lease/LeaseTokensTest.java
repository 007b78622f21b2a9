package org.lockex.gateway.lease;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;
import org.lockex.gateway.lease.LeaseWorld.Fault;
import org.lockex.gateway.lease.LeaseWorld.Watched;
import org.lockex.znode.LockId;
import org.lockex.znode.TokenBase;

/** Every grant that is made after the base of the tokens was raised has it, and keeps it. */
class LeaseTokensTest {
  private static final String NODE = "/lockex-tokens";
  private static final long BASE = 1L << 40;
  private static final Duration LONG = Duration.ofMinutes(15);

  private static LeaseWorld world(long seed) {
    return new LeaseWorld(seed, 2, 1, Fault.NONE, -1);
  }

  private static void write(LeaseWorld world, byte[] data) {
    Op op =
        world.server.exists(NODE)
            ? Op.setData(NODE, data, -1)
            : Op.create(NODE, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    assertEquals("OK", world.server.write(List.of(op), 77).code().toString());
  }

  private static void raise(LeaseWorld world, long least) {
    write(world, raisedTo(world, least));
  }

  private static Watched acquire(LeaseWorld world, int gateway) {
    return world.acquire(gateway, "job", LONG, LONG, Duration.ZERO);
  }

  private static long token(Watched request) {
    assertTrue(
        request.outcome.orElseThrow() instanceof LeaseOutcome.Granted, request.outcome::toString);
    return ((LeaseOutcome.Granted) request.outcome.get()).lease().token();
  }

  private static List<LeaseView> at(LeaseWorld world, int gateway) {
    var found = world.gateways.get(gateway).directory().contenders(LockId.of("job"));
    world.settle();
    return found.join().orElseThrow();
  }

  @Test
  void a_grant_is_not_told_before_its_token_is_known() {
    LeaseWorld world = world(1);
    Watched request = acquire(world, 0);
    FakeSession session = world.sessions.get(0);
    raise(world, BASE);
    while (request.outcome.isEmpty() && world.contenders().isEmpty()) {
      session.takeAndDeliver();
    }
    assertEquals(Optional.empty(), request.outcome);
    world.settle();
    assertTrue(token(request) > BASE);
    assertEquals(1, request.outcomes);
  }

  @Test
  void a_connection_that_is_lost_before_the_base_is_read_loses_no_grant() {
    for (boolean over : new boolean[] {false, true}) {
      LeaseWorld world = world(1);
      Watched request = acquire(world, 0);
      FakeSession session = world.sessions.get(0);
      raise(world, BASE);
      while (world.contenders().isEmpty()) {
        session.takeAndDeliver();
      }
      session.lose(false, over);
      world.settle();
      assertTrue(token(request) > BASE);
      assertEquals(1, request.outcomes);
      assertEquals(1, world.contenders().size());
    }
  }

  @Test
  void a_lockexd_that_lags_gives_no_token_below_that_of_the_holder_before() {
    LeaseWorld world = world(1);
    raise(world, BASE);
    Watched first = acquire(world, 0);
    world.settleBut(1);
    assertTrue(token(first) > BASE);
    world.releaseAll(0);
    world.settleBut(1);
    Watched second = acquire(world, 1);
    world.settle();
    assertTrue(token(second) > token(first));
  }

  @Test
  void tokens_grow_from_holder_to_holder_whenever_it_is_raised() {
    for (int seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      LeaseWorld world = world(seed);
      long last = 0;
      long raised = 0;
      for (int i = 0; i < 6; i++) {
        Watched request = acquire(world, random.nextInt(2));
        for (int steps = random.nextInt(8); steps > 0; steps--) {
          world.sessions.get(random.nextInt(2)).takeAndDeliver();
        }
        if (random.nextBoolean()) {
          raised += BASE;
          raise(world, raised);
        }
        world.settle();
        long token = token(request);
        assertTrue(token > last, "seed " + seed + ": " + token + " after " + last);
        last = token;
        world.releaseAll(random.nextInt(2));
        world.settle();
      }
      Watched after = acquire(world, random.nextInt(2));
      world.settle();
      assertTrue(token(after) > raised, "seed " + seed);
      assertEquals(List.of(), world.overlaps);
    }
  }

  /** As lockexctl does it: with the bases before. */
  private static byte[] raisedTo(LeaseWorld world, long least) {
    TokenBase before =
        world.server.exists(NODE)
            ? TokenBase.read(world.server.data(NODE), world.server.mzxid(NODE)).orElseThrow()
            : TokenBase.NONE;
    return before.atLeast(least).bytes();
  }

  @Test
  void a_token_that_was_told_is_the_same_for_everyone_as_long_as_the_grant_lasts() {
    LeaseWorld world = world(1);
    raise(world, BASE);
    Watched request = acquire(world, 0);
    world.settle();
    long told = token(request);
    raise(world, 3 * BASE);
    world.settle();
    world.sessions.get(1).lose(false, true);
    world.settle();
    assertEquals(told, at(world, 0).getFirst().token());
    assertEquals(told, at(world, 1).getFirst().token());
  }

  @Test
  void where_tokens_cannot_be_made_nothing_is_granted() {
    LeaseWorld world = world(1);
    write(world, "theirs".getBytes(UTF_8));
    Watched request = acquire(world, 0);
    world.settle();
    assertTrue(request.outcome.orElseThrow() instanceof LeaseOutcome.Unavailable);
    assertEquals(List.of(), world.contenders());
  }
}
