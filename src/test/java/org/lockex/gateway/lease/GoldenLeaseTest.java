package org.lockex.gateway.lease;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lockex.gateway.lease.LeaseWorld.Fault;
import org.lockex.znode.GoldenNodes;
import org.lockex.znode.GrantLifetime;
import org.lockex.znode.LockId;

/** A lockexd makes of the golden bytes what the other programs make of them. */
class GoldenLeaseTest {
  private static final String LOCK = "/lockex/golden";
  private static final byte[] NOTHING = new byte[0];
  private static final long SESSION = 77;

  private final LeaseWorld mutexes = new LeaseWorld(1, 1, 1, Fault.NONE, -1);
  private final LeaseWorld semaphores = new LeaseWorld(1, 1, 3, Fault.NONE, -1);

  private static Op create(String path, byte[] data, CreateMode mode) {
    return Op.create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
  }

  private static void write(LeaseWorld world, Op... ops) {
    assertEquals("OK", world.server.write(List.of(ops), SESSION).code().toString());
    world.settle();
  }

  /**
   * A lock whose numbers are beyond those of the golden names: whoever comes stands behind them.
   */
  private static void lock(LeaseWorld world) {
    write(world, create(LOCK, NOTHING, CreateMode.CONTAINER));
    for (int i = 0; i < 10; i++) {
      write(world, create(LOCK + "/before", NOTHING, CreateMode.PERSISTENT));
      write(world, Op.delete(LOCK + "/before", -1));
    }
  }

  private static LeaseOutcome tried(LeaseWorld world) {
    LeaseWorld.Watched tried =
        world.acquire(0, "golden", Duration.ZERO, Duration.ofMinutes(1), Duration.ZERO);
    world.settle();
    return tried.outcome.orElseThrow();
  }

  private static List<LeaseView> seen(LeaseWorld world) {
    var seen = world.gateways.getFirst().directory().contenders(LockId.of("golden"));
    world.settle();
    return seen.join().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#locks")
  void lock_data(GoldenNodes.GoldenLock golden) {
    for (LeaseWorld world : List.of(mutexes, semaphores)) {
      int asked = world == mutexes ? 1 : 3;
      // Somebody is there, in the queue that belongs to what the data tells.
      boolean semaphore = golden.concurrency().orElse(asked) > 1;
      write(world, create(LOCK, golden.data(), CreateMode.CONTAINER));
      if (semaphore) {
        write(world, create(LOCK + "/locks", NOTHING, CreateMode.CONTAINER));
        write(world, create(LOCK + "/leases", NOTHING, CreateMode.CONTAINER));
        write(world, create(LOCK + "/leases/lease-0000000000", NOTHING, CreateMode.EPHEMERAL));
      } else {
        write(world, create(LOCK + "/lock-0000000000", NOTHING, CreateMode.EPHEMERAL));
      }
      LeaseOutcome outcome = tried(world);
      if (golden.concurrency().orElse(asked) != asked) {
        assertInstanceOf(LeaseOutcome.OtherShape.class, outcome);
      } else if (semaphore) {
        assertInstanceOf(LeaseOutcome.Granted.class, outcome);
      } else {
        assertInstanceOf(LeaseOutcome.TimedOut.class, outcome);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#contenders")
  void contenders(GoldenNodes.GoldenContender golden) {
    CreateMode mode = golden.persistent() ? CreateMode.PERSISTENT : CreateMode.EPHEMERAL;
    lock(mutexes);
    write(mutexes, create(LOCK + "/" + golden.node(), golden.data(), mode));
    LeaseView view = seen(mutexes).getFirst();
    if (golden.grant().isPresent()) {
      long[] terms = golden.grant().get();
      assertEquals(Duration.ofMillis(terms[0]), view.lifetime());
      assertTrue(terms[1] == 0 ? view.token() > 0 : view.token() == terms[1]);
      assertTrue(view.expires().isPresent());
    }
    if (golden.name().equals("a hold")) {
      assertEquals("held for maintenance: db upgrade", view.title());
    }
    assertInstanceOf(LeaseOutcome.TimedOut.class, tried(mutexes));
    // Only a grant ends by itself, and not sooner than its lifetime.
    mutexes.pass(Duration.ofMillis(golden.grant().map(terms -> terms[0] - 1).orElse(1L)));
    assertInstanceOf(LeaseOutcome.TimedOut.class, tried(mutexes));
    mutexes.pass(Duration.ofDays(1));
    LeaseOutcome later = tried(mutexes);
    assertEquals(
        golden.grant().isPresent(), later instanceof LeaseOutcome.Granted, later.toString());
  }

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#children")
  void children(GoldenNodes.GoldenChild golden) {
    lock(mutexes);
    write(mutexes, create(LOCK + "/" + golden.node(), NOTHING, CreateMode.PERSISTENT));
    boolean folder = golden.kind().equals("folder");
    LeaseOutcome outcome = tried(mutexes);
    assertEquals(folder, outcome instanceof LeaseOutcome.Granted, outcome.toString());
    mutexes.pass(Duration.ofDays(1));
    assertEquals(folder ? 0 : 1, seen(mutexes).size());
  }

  @Test
  void a_hold_that_is_extended_at_its_last_moment_lasts_for_lockexd_too() {
    byte[] hold =
        "{\"host\":\"h\",\"dialect\":\"hold\",\"lifetimeMillis\":5000,\"token\":7}".getBytes(UTF_8);
    lock(mutexes);
    String node = LOCK + "/_c_6f2c3e0a-0000-4000-8000-000000000005-lock-0000000004";
    write(mutexes, create(node, hold, CreateMode.PERSISTENT));
    mutexes.pass(Duration.ofMillis(4999));
    byte[] longer = GrantLifetime.changed(hold, Duration.ofSeconds(9)).orElseThrow();
    write(mutexes, Op.setData(node, longer, 0));
    mutexes.pass(Duration.ofMillis(3990));
    assertInstanceOf(LeaseOutcome.TimedOut.class, tried(mutexes));
    mutexes.pass(Duration.ofSeconds(1));
    assertInstanceOf(LeaseOutcome.Granted.class, tried(mutexes));
  }
}
