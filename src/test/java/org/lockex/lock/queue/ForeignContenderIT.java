package org.lockex.lock.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.zookeeper.KeeperException.Code;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.hold.OtherMakeWatch;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.OtherMake;

/** Contenders at a lock's node that are in another queue than ours, or in none. */
class ForeignContenderIT {
  private static final String SOMEBODY = "somebody-0000000001";

  @AutoClose private final Contest contest = new Contest();
  private CuratorFramework observer;

  @BeforeEach
  void start() throws Exception {
    observer = contest.observer();
  }

  @Test
  void a_lease_that_comes_while_we_are_next_in_line_is_refused_at_the_turn() throws Exception {
    for (boolean folderThere : new boolean[] {false, true}) {
      String id = "s" + folderThere;
      ZooKeeperSession holder = contest.session();
      Contest.acquire(holder, id, 1).publishAcquired(Instant.now(), Optional.empty());
      if (folderThere) {
        observer.create().forPath("/lockex/" + id + "/leases");
      }
      CompletableFuture<HeldLock> waiter = Contest.acquiring(contest.session(), id, 1);
      awaitNextInLine(id);
      new InterProcessSemaphoreV2(observer, "/lockex/" + id, 2).acquire();
      assertFalse(waiter.isDone());
      Contest.end(holder);
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> waiter.get(10, TimeUnit.SECONDS));
      LockException refused = assertInstanceOf(LockException.class, e.getCause());
      assertEquals(LockException.Kind.OTHER_CONCURRENCY, refused.kind(), refused.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0f0e6b2f1b0c4c0e9d0b1f1a2f3a4b5c__lock__0000000001",
        "ff0e6b2f1b0c4c0e9d0b1f1a2f3a4b5c__lock__0000000001",
        "0f0e6b2f1b0c4c0e9d0b1f1a2f3a4b5c__lease__0000000001",
        "0f0e6b2f1b0c4c0e9d0b1f1a2f3a4b5c",
        "_c_6f2c3e0a-0000-4000-8000-000000000001-__WRIT__0000000000"
      })
  void a_lock_of_another_library_is_refused_and_named(String node) throws Exception {
    for (int n = 1; n <= 2; n++) {
      String id = "k" + n;
      observer.create().creatingParentsIfNeeded().forPath("/lockex/" + id + "/" + node);
      for (boolean tryOnly : new boolean[] {true, false}) {
        int concurrency = n;
        LockException refused =
            assertThrows(
                LockException.class,
                () -> Locks.acquire(contest.session(), Contest.request(id, concurrency, tryOnly)));
        assertEquals(LockException.Kind.OTHER_CONCURRENCY, refused.kind(), refused.getMessage());
        assertTrue(refused.getMessage().contains(node), refused.getMessage());
      }
    }
  }

  @Test
  void one_that_comes_while_we_hold_is_told_once() throws Exception {
    HeldLock held = Contest.acquire(contest.session(), "o", 1);
    BlockingQueue<OtherMake> told = new LinkedBlockingQueue<>();
    held.listenForOtherMakes(told::add);
    create("/lockex/o/u__lock__0000000001");
    create("/lockex/o/" + SOMEBODY);
    OtherMake other = told.poll(60, TimeUnit.SECONDS);
    assertEquals("u__lock__0000000001", other == null ? null : other.node());
    assertNull(told.poll(1, TimeUnit.SECONDS));
  }

  @Test
  void the_folder_is_looked_at_again_after_a_while_if_it_has_changed() throws Exception {
    ZooKeeperSession session = contest.session();
    Contest.acquire(session, "o", 1);
    AtomicLong now = new AtomicLong();
    BlockingQueue<OtherMake> told = new LinkedBlockingQueue<>();
    OtherMakeWatch watch = new OtherMakeWatch(session.link(), "/lockex/o", now::get, told::add);
    answered(session, watch);
    create("/lockex/o/u__lock__0000000001");
    answered(session, watch);
    answered(session, watch);
    assertTrue(told.isEmpty());
    now.set(TimeUnit.SECONDS.toNanos(30));
    answered(session, watch);
    assertEquals("a lock of kazoo or of the Python lockex", told.remove().library());
    now.set(TimeUnit.SECONDS.toNanos(60));
    answered(session, watch);
    assertTrue(told.isEmpty());
  }

  @Test
  void looks_that_break_the_connection_are_less_and_less_frequent() throws Exception {
    ZooKeeperSession session = contest.session();
    Contest.acquire(session, "o", 1);
    AtomicLong now = new AtomicLong();
    BlockingQueue<OtherMake> told = new LinkedBlockingQueue<>();
    OtherMakeWatch watch = new OtherMakeWatch(session.link(), "/lockex/o", now::get, told::add);
    answered(session, watch);
    create("/lockex/o/u__lock__0000000001");
    breakConnection(watch);
    lookBeforeAndAt(session, watch, now, 60, told);
    create("/lockex/o/v__lock__0000000001");
    lookBeforeAndAt(session, watch, now, 30, told);
    create("/lockex/o/w__lock__0000000001");
    for (int i = 0; i < 10; i++) {
      breakConnection(watch);
    }
    lookBeforeAndAt(session, watch, now, 3600, told);
  }

  /** What a look that asks for too many names is answered with. */
  private static void breakConnection(OtherMakeWatch watch) {
    List<String> nothing = null;
    watch.processResult(Code.CONNECTIONLOSS.intValue(), "/lockex/o", null, nothing);
  }

  /** Nothing is told until as many seconds from now are over, and one then. */
  private static void lookBeforeAndAt(
      ZooKeeperSession session,
      OtherMakeWatch watch,
      AtomicLong now,
      int seconds,
      BlockingQueue<OtherMake> told)
      throws Exception {
    now.addAndGet(TimeUnit.SECONDS.toNanos(seconds) - 1);
    answered(session, watch);
    assertTrue(told.isEmpty());
    now.incrementAndGet();
    answered(session, watch);
    told.remove();
  }

  /** Lets it look; returns when all that was asked is answered, and all events before that told. */
  private static void answered(ZooKeeperSession session, OtherMakeWatch watch) throws Exception {
    watch.run();
    for (int i = 0; i < 2; i++) { // the answer to its first question is followed by another
      CountDownLatch answered = new CountDownLatch(1);
      session.link().sync("/lockex", (rc, path, context) -> answered.countDown(), null);
      answered.await();
    }
  }

  private void create(String path) throws Exception {
    observer.create().forPath(path);
  }

  @Test
  void a_lock_whose_node_is_deleted_again_and_again_is_had_nevertheless() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Thread reaper =
        Thread.ofVirtual()
            .start(() -> {
              while (!over.get()) {
                try {
                  observer.delete().forPath("/lockex/reaped");
                } catch (Exception e) {
                  // It is not there, or somebody is in it.
                }
                // Whoever comes is met often, and not for ever.
                LockSupport.parkNanos(1_000_000);
              }
            });
    for (int i = 0; i < 40; i++) {
      ZooKeeperSession session = contest.session();
      Contest.acquire(session, "reaped", 1 + i % 2);
      Contest.end(session);
    }
    over.set(true);
    reaper.join();
  }

  @Test
  void a_try_beside_a_stranger_is_busy() throws Exception {
    for (int n = 1; n <= 2; n++) {
      observer.create().creatingParentsIfNeeded().forPath("/lockex/t" + n + "/" + SOMEBODY);
      assertTrue(Locks.acquire(contest.session(), Contest.request("t" + n, n, true)).isEmpty());
    }
  }

  @Test
  void a_waiter_waits_until_a_stranger_that_was_there_is_gone() throws Exception {
    for (int n = 1; n <= 2; n++) {
      String stranger = "/lockex/w" + n + "/" + SOMEBODY;
      observer.create().creatingParentsIfNeeded().forPath(stranger);
      CompletableFuture<HeldLock> waiter = Contest.acquiring(contest.session(), "w" + n, n);
      Thread.sleep(1_500);
      assertFalse(waiter.isDone());
      observer.delete().forPath(stranger);
      waiter.get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_stranger_that_comes_while_we_are_next_in_line_is_waited_for() throws Exception {
    ZooKeeperSession holder = contest.session();
    Contest.acquire(holder, "n", 1).publishAcquired(Instant.now(), Optional.empty());
    CompletableFuture<HeldLock> waiter = Contest.acquiring(contest.session(), "n", 1);
    awaitNextInLine("n");
    String stranger = observer.create().forPath("/lockex/n/" + SOMEBODY);
    Contest.end(holder);
    Thread.sleep(1_000);
    assertFalse(waiter.isDone());
    observer.delete().forPath(stranger);
    waiter.get(5, TimeUnit.SECONDS);
  }

  @Test
  void who_loses_its_place_while_it_waits_for_a_stranger_queues_again() throws Exception {
    for (int n = 1; n <= 2; n++) {
      String id = "q" + n;
      String folder = "/lockex/" + id + (n == 1 ? "" : "/leases");
      String stranger = "/lockex/" + id + "/" + SOMEBODY;
      observer.create().creatingParentsIfNeeded().forPath(stranger);
      CompletableFuture<HeldLock> waiter = Contest.acquiring(contest.session(), id, n);
      Poll.until("waits", () -> own(folder).size() == 1);
      Thread.sleep(500);
      String lost = folder + "/" + own(folder).getFirst();
      observer.delete().forPath(lost);
      Poll.until(
          "queued again", () -> own(folder).size() == 1 && !lost.endsWith(own(folder).getFirst()));
      assertFalse(waiter.isDone());
      observer.delete().forPath(stranger);
      assertNotEquals(lost, waiter.get(5, TimeUnit.SECONDS).ownPath());
    }
  }

  /** The server tells of both nodes at the reconnection, of any of them first. */
  @Test
  void a_turn_that_is_told_at_a_reconnection_is_none_for_whoever_lost_its_place_meanwhile()
      throws Exception {
    try (Relay relay = new Relay(contest.server().port());
        Contest relayed = new Contest(relay.address())) {
      for (int round = 0; round < 4; round++) {
        String id = "r" + round;
        ZooKeeperSession holder = contest.session();
        Contest.acquire(holder, id, 1).publishAcquired(Instant.now(), Optional.empty());
        ZooKeeperSession session = relayed.session();
        CompletableFuture<HeldLock> waiter = Contest.acquiring(session, id, 1);
        awaitNextInLine(id);
        relay.silence();
        String lost = "/lockex/" + id + "/" + own("/lockex/" + id).getLast();
        observer.delete().forPath(lost);
        Contest.end(holder);
        relay.reset();
        relay.resume();
        HeldLock lock = waiter.get(10, TimeUnit.SECONDS);
        assertNotEquals(lost, lock.ownPath());
        assertTrue(observer.checkExists().forPath(lock.ownPath()) != null);
        Contest.end(session);
      }
    }
  }

  /** The waiter has joined, and what it asks ahead is long answered. */
  private void awaitNextInLine(String id) throws Exception {
    Poll.until("queued", () -> own("/lockex/" + id).size() == 2);
    Thread.sleep(1_500);
  }

  private List<String> own(String folder) {
    try {
      return observer.getChildren().forPath(folder).stream()
          .filter(name -> name.contains("lock-") || name.contains("lease-"))
          .sorted((a, b) -> a.substring(a.length() - 10).compareTo(b.substring(b.length() - 10)))
          .toList();
    } catch (Exception e) {
      return List.of();
    }
  }
}
