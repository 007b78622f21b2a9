package org.lockex.lock.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.lease.Deadline;
import org.lockex.lock.lease.LeaseKeeper;
import org.lockex.lock.session.ZooKeeperSession;

/** What the next in line does when the node before it goes. */
class HandOverIT {
  private static final String NOTE =
      "{\"host\":\"h\",\"pid\":1,\"user\":\"u\",\"command\":\"c\",\"lifetimeMillis\":60000}";

  private static final String STARTED = "{\"host\":\"h\",\"acquired\":\"2026-11-21T08:00:01Z\"}";

  @AutoClose private final Contest contest = new Contest();
  private CuratorFramework observer;

  @BeforeEach
  void start() throws Exception {
    observer = contest.observer();
  }

  @Test
  void it_has_the_lock_without_another_look_at_the_queue() throws Exception {
    ZooKeeperSession holder = contest.session();
    Contest.acquire(holder, "s", 1).publishAcquired(Instant.now(), Optional.empty());
    CompletableFuture<HeldLock> waiter = Contest.acquiring(contest.session(), "s", 1);
    awaitNextInLine();
    // Nobody may list the queue any more.
    int all = ZooDefs.Perms.ALL;
    observer
        .setACL()
        .withACL(List.of(new ACL(all & ~ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE)))
        .forPath("/lockex/s");
    Contest.end(holder);
    HeldLock lock = waiter.get(5, TimeUnit.SECONDS);
    // With the lease it had as a waiter, which goes on.
    Deadline first = lock.lease().deadline();
    Poll.until("renewed", () -> lock.lease().deadline().dieAt() > first.dieAt());
    // Curator's recipe, which cannot list the queue, has deleted its node by now.
    assertNotNull(observer.checkExists().forPath(lock.ownPath()));
  }

  @Test
  void a_node_that_the_recipe_has_begun_to_delete_gives_no_lock() throws Exception {
    ZooKeeperSession session = contest.session();
    session.awaitConnected();
    String own =
        session
            .curator()
            .create()
            .creatingParentContainersIfNeeded()
            .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
            .forPath("/lockex/s/x-lock-", NOTE.getBytes(UTF_8));
    LeaseKeeper keeper = LeaseKeeper.start(session, "/lockex/s", code -> {});
    List<HeldLock> got = new CopyOnWriteArrayList<>();
    LockDelivery delivery =
        new LockDelivery(session, Contest.request("s", 1, false), keeper, got::add);
    session.recipeRights().ask(delivery);
    keeper.expect(session.link(), own);
    HeldLock lock = delivery.lock(session.link(), own, 1, 0);
    // The lease of the next in line lasts once its first heartbeat was answered.
    observer.checkExists().forPath(own);
    Thread.sleep(1_500);
    delivery.expect(own);
    assertTrue(delivery.mayDelete(own));
    delivery.succeed(session.link(), lock);
    assertEquals(List.of(), got);
    delivery.expect(own);
    assertTrue(delivery.mayDelete("/lockex/s/of-another"));
    delivery.succeed(session.link(), lock);
    assertEquals(List.of(lock), got);
    session.curator().delete().guaranteed().forPath(own);
    assertNotNull(observer.checkExists().forPath(own));
  }

  @Test
  void a_grant_in_the_place_of_the_node_keeps_the_lock() throws Exception {
    String node =
        observer
            .create()
            .creatingParentContainersIfNeeded()
            .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
            .forPath("/lockex/s/x-lock-", NOTE.getBytes(UTF_8));
    CompletableFuture<HeldLock> waiter = Contest.acquiring(contest.session(), "s", 1);
    awaitNextInLine();
    observer
        .transaction()
        .forOperations(
            observer.transactionOp().delete().forPath(node),
            observer.transactionOp().create().forPath(node, NOTE.getBytes(UTF_8)));
    assertThrows(TimeoutException.class, () -> waiter.get(500, TimeUnit.MILLISECONDS));
    observer.delete().forPath(node);
    waiter.get(5, TimeUnit.SECONDS);
  }

  @Test
  void a_node_made_by_hand_before_it_is_waited_for() throws Exception {
    ZooKeeperSession holder = contest.session();
    Contest.acquire(holder, "s", 1).publishAcquired(Instant.now(), Optional.empty());
    CompletableFuture<HeldLock> waiter = Contest.acquiring(contest.session(), "s", 1);
    awaitNextInLine();
    observer.create().forPath("/lockex/s/by-hand-lock-0");
    Contest.end(holder);
    assertThrows(TimeoutException.class, () -> waiter.get(1, TimeUnit.SECONDS));
    observer.delete().forPath("/lockex/s/by-hand-lock-0");
    waiter.get(5, TimeUnit.SECONDS);
  }

  @Test
  void it_lists_nobody_behind_it_while_the_command_before_it_runs() throws Exception {
    ZooKeeperSession session = contest.session();
    session.awaitConnected();
    LockDelivery delivery =
        new LockDelivery(
            session,
            Contest.request("s", 1, false),
            LeaseKeeper.start(session, "/lockex/s", code -> {}),
            lock -> {});
    session.recipeRights().ask(delivery);
    String before = contender(NOTE);
    String own = session.curator().create().withMode(CreateMode.EPHEMERAL).forPath("/lockex/s/z");
    contender(NOTE);
    List<String> two = List.of(before.substring("/lockex/s/".length()), "z");
    delivery.nextInLine().waits("/lockex/s", "z", two.getFirst());
    assertEquals(3, listed(session).size());
    observer.setData().forPath(before, STARTED.getBytes(UTF_8));
    assertEquals(two, listed(session));
    // Others who list, on other threads, see all.
    assertEquals(3, CompletableFuture.supplyAsync(() -> listed(session)).get().size());
    // Without the own node, and after a node that belongs to nobody or is gone, the queue tells.
    observer.delete().forPath(own);
    assertFalse(listed(session).contains("z"));
    session.curator().create().withMode(CreateMode.EPHEMERAL).forPath(own);
    assertEquals(two, listed(session));
    observer.delete().forPath(before);
    assertEquals(2, listed(session).size());
    observer.create().forPath(before, STARTED.getBytes(UTF_8));
    assertEquals(3, listed(session).size());
  }

  private String contender(String data) throws Exception {
    return observer
        .create()
        .creatingParentContainersIfNeeded()
        .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
        .forPath("/lockex/s/x-lock-", data.getBytes(UTF_8));
  }

  private static List<String> listed(ZooKeeperSession session) {
    try {
      return session.curator().getChildren().forPath("/lockex/s");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void one_whose_own_node_was_deleted_before_does_not_hold_the_lock() throws Exception {
    ZooKeeperSession holder = contest.session();
    HeldLock held = Contest.acquire(holder, "s", 1);
    held.publishAcquired(Instant.now(), Optional.empty());
    ZooKeeperSession session = contest.session();
    CompletableFuture<HeldLock> waiter = Contest.acquiring(session, "s", 1);
    awaitNextInLine();
    String old = "/lockex/s/" + queue().getLast();
    assertNotEquals(held.ownPath(), old);
    observer.delete().forPath(old);
    Contest.end(holder);
    HeldLock lock = waiter.get(5, TimeUnit.SECONDS);
    assertNotEquals(old, lock.ownPath());
    assertTrue(lock.token() > held.token());
    assertEquals(
        session.link().getSessionId(),
        observer.checkExists().forPath(lock.ownPath()).getEphemeralOwner());
  }

  /** The waiter has joined, and what it asks ahead is long answered. */
  private void awaitNextInLine() throws Exception {
    Poll.until("queued", () -> queue().size() == 2);
    Thread.sleep(1_500);
  }

  private List<String> queue() {
    try {
      return observer.getChildren().forPath("/lockex/s").stream()
          .sorted((a, b) -> a.substring(a.length() - 10).compareTo(b.substring(b.length() - 10)))
          .toList();
    } catch (Exception e) {
      return List.of();
    }
  }
}
