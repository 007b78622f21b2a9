package org.lockex.lock.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.CriticalSection;
import org.lockex.fixture.Poll;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;

class MutexIT {
  @AutoClose private final Contest contest = new Contest();

  @Test
  void a_held_lock_knows_its_names_and_publishes_its_holder() throws Exception {
    ZooKeeperSession session = contest.session();
    HeldLock lock = Contest.acquire(session, "a", 1);
    CuratorFramework observer = contest.observer();
    Stat stat = observer.checkExists().forPath(lock.ownPath());
    assertEquals("/lockex/a", lock.path());
    assertEquals(stat.getCzxid(), lock.token());
    assertEquals("0x" + Long.toHexString(stat.getEphemeralOwner()), lock.sessionId());
    assertEquals(session.id(), lock.sessionId());
    assertEquals(
        "{\"format\":1,\"mode\":\"mutex\",\"concurrency\":1}",
        Contest.text(observer.getData().forPath("/lockex/a")));
    String holder = Contest.text(observer.getData().forPath(lock.ownPath()));
    assertTrue(holder.startsWith("{\"host\":\"here\",\"pid\":1,"), holder);
    assertFalse(holder.contains("acquired"), "the time is added only when the command runs");
    lock.publishAcquired(Instant.EPOCH, Optional.empty());
    Poll.until(
        "the time of acquisition",
        () ->
            Contest.text(observer.getData().forPath(lock.ownPath()))
                .endsWith(",\"acquired\":\"1970-01-01T00:00:00Z\"}"));
  }

  @Test
  void nothing_of_a_lock_remains_not_even_its_parents() throws Exception {
    CuratorFramework observer = contest.observer();
    for (int n = 1; n <= 2; n++) {
      ZooKeeperSession session = contest.session();
      Contest.acquire(session, "a", n);
      Contest.end(session);
      Poll.until("containers reaped", () -> observer.checkExists().forPath("/lockex") == null);
    }
  }

  @Test
  void the_node_is_gone_when_the_end_was_answered() throws Exception {
    CuratorFramework observer = contest.observer();
    for (int i = 0; i < 20; i++) {
      ZooKeeperSession session = contest.session();
      HeldLock lock = Contest.acquire(session, "a", 1);
      Contest.end(session);
      assertNull(observer.checkExists().forPath(lock.ownPath()));
    }
  }

  @Test
  void a_try_finds_a_held_lock_busy_and_leaves_nothing() throws Exception {
    ZooKeeperSession holder = contest.session();
    Contest.acquire(holder, "a", 1);
    assertTrue(Locks.acquire(contest.session(), Contest.request("a", 1, true)).isEmpty());
    assertEquals(1, contest.observer().getChildren().forPath("/lockex/a").size());
    Contest.end(holder);
    assertTrue(Locks.acquire(contest.session(), Contest.request("a", 1, true)).isPresent());
  }

  @Test
  void without_patience_a_free_lock_is_acquired_and_a_held_one_is_busy() throws Exception {
    for (int n = 1; n <= 2; n++) {
      String id = "patience" + n;
      Patience none = new Patience();
      none.end();
      ZooKeeperSession holder = contest.session();
      for (int i = 0; i < n; i++) {
        ZooKeeperSession session = i == 0 ? holder : contest.session();
        assertTrue(Locks.acquire(session, Contest.request(id, n, false), none).isPresent());
      }
      assertTrue(Locks.acquire(contest.session(), Contest.request(id, n, false), none).isEmpty());
      Patience ends = new Patience();
      ZooKeeperSession waiting = contest.session();
      CompletableFuture<Boolean> busy =
          CompletableFuture.supplyAsync(() -> isBusy(waiting, id, ends));
      Thread.sleep(300); // so that it waits; where it does not yet, it is busy all the same
      ends.end();
      assertTrue(busy.join());
    }
  }

  private static boolean isBusy(ZooKeeperSession session, String id, Patience patience) {
    try {
      int n = id.endsWith("1") ? 1 : 2;
      return Locks.acquire(session, Contest.request(id, n, false), patience).isEmpty();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void holders_never_overlap_come_in_order_and_their_tokens_grow() throws Exception {
    int contenders = 12;
    CuratorFramework observer = contest.observer();
    ZooKeeperSession first = contest.session();
    Contest.acquire(first, "a", 1);
    CriticalSection section = new CriticalSection();
    List<Integer> order = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Long> tokens = java.util.Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (int i = 0; i < contenders; i++) {
      int me = i;
      ZooKeeperSession session = contest.session();
      done.add(
          Contest.acquiring(session, "a", 1)
              .thenAccept(lock -> {
                order.add(me);
                tokens.add(lock.token());
                try {
                  section.visit();
                  Contest.end(session);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }));
      int queued = i + 2;
      Poll.until("queued", () -> children(observer, "/lockex/a") == queued);
    }
    Contest.end(first);
    for (CompletableFuture<Void> each : done) {
      each.get(20, TimeUnit.SECONDS);
    }
    assertEquals(1, section.mostAtOnce());
    assertEquals(order.stream().sorted().toList(), order);
    assertEquals(tokens.stream().sorted().toList(), tokens);
  }

  private static int children(CuratorFramework observer, String path) {
    try {
      return observer.getChildren().forPath(path).size();
    } catch (Exception e) {
      return -1;
    }
  }

  @Test
  @Tag("timed")
  void a_lock_changes_hands_within_milliseconds() throws Exception {
    CuratorFramework observer = contest.observer();
    for (int n = 1; n <= 3; n += 2) {
      String id = "h" + n;
      String queue = "/lockex/" + id + (n == 1 ? "" : "/leases");
      List<ZooKeeperSession> holders = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        holders.add(contest.session());
        Contest.acquire(holders.get(i), id, n);
      }
      ZooKeeperSession holder = holders.get(0);
      long[] micros = new long[40];
      for (int i = 0; i < micros.length; i++) {
        ZooKeeperSession waiter = contest.session();
        CompletableFuture<Long> had =
            Contest.acquiring(waiter, id, n).thenApply(lock -> System.nanoTime());
        int queued = n + 1;
        Poll.until("queued", () -> children(observer, queue) == queued);
        Thread.sleep(20);
        assertFalse(had.isDone());
        long start = System.nanoTime();
        holder.end(Duration.ofSeconds(5));
        micros[i] = (had.get(10, TimeUnit.SECONDS) - start) / 1000;
        holder = waiter;
      }
      Arrays.sort(micros);
      System.out.println(
          "hand-over with concurrency "
              + n
              + ", us from the sending of the end: "
              + Arrays.toString(micros));
      assertTrue(micros[micros.length / 2] < 50_000, "half of them");
    }
  }

  @Test
  @Tag("timed")
  void an_interrupt_ends_a_waiter_at_once_and_its_end_leaves_nothing() throws Exception {
    for (int n = 1; n <= 2; n++) {
      String id = "i" + n;
      for (int i = 0; i < n; i++) {
        Contest.acquire(contest.session(), id, n);
      }
      ZooKeeperSession session = contest.session();
      session.awaitConnected();
      int concurrency = n;
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      Thread waiter =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  Contest.acquire(session, id, concurrency);
                } catch (Throwable e) {
                  thrown.complete(e);
                }
              });
      Thread.sleep(200);
      long start = System.nanoTime();
      waiter.interrupt();
      assertEquals(InterruptedException.class, thrown.get(5, TimeUnit.SECONDS).getClass());
      Contest.end(session);
      assertTrue(System.nanoTime() - start < 1_000_000_000L);
      CuratorFramework observer = contest.observer();
      String parent = "/lockex/" + id + (n == 1 ? "" : "/leases");
      assertEquals(n, observer.getChildren().forPath(parent).size());
    }
  }

  @Test
  @Tag("timed")
  void a_server_away_at_the_end_costs_no_more_than_the_patience() throws Exception {
    ZooKeeperSession session = contest.session();
    Contest.acquire(session, "a", 1);
    contest.server().stop();
    Poll.until("disconnected", () -> !session.isConnected());
    long start = System.nanoTime();
    assertEquals(ZooKeeperSession.End.NOT_SENT, session.end(Duration.ofMillis(300)));
    long took = (System.nanoTime() - start) / 1_000_000;
    assertTrue(took >= 300 && took < 600, took + " ms");
  }

  @Test
  void an_unreachable_server_is_named_with_the_reason() throws Exception {
    int port = contest.server().port();
    contest.server().stop();
    LockException e = assertThrows(LockException.class, () -> unreachable("127.0.0.1:" + port));
    assertEquals(LockException.Kind.UNREACHABLE, e.kind());
    assertEquals(
        "cannot reach ZooKeeper on 127.0.0.1:" + port + ": connection refused", e.getMessage());
    e = assertThrows(LockException.class, () -> unreachable("no-such-host.invalid:1"));
    assertEquals(
        "cannot reach ZooKeeper on no-such-host.invalid:1: host name no-such-host.invalid does not"
            + " resolve",
        e.getMessage());
    try (java.net.ServerSocket mute = new java.net.ServerSocket(0)) {
      e = assertThrows(LockException.class, () -> unreachable("127.0.0.1:" + mute.getLocalPort()));
      assertTrue(e.getMessage().endsWith("does not answer as ZooKeeper"), e.getMessage());
    }
  }

  private static void unreachable(String hosts) throws Exception {
    try (Contest nowhere = new Contest(hosts)) {
      ZooKeeperSession session = nowhere.session(Duration.ofSeconds(10), Duration.ofMillis(700));
      session.awaitConnected();
    }
  }

  @Test
  void a_chroot_that_does_not_exist_is_created() throws Exception {
    try (Contest chrooted = new Contest(contest.server().hosts() + "/not/there")) {
      HeldLock lock = Contest.acquire(chrooted.session(), "a", 1);
      assertEquals("/lockex/a", lock.path());
      assertTrue(lock.ownPath().startsWith("/not/there/lockex/a/_c_"), lock.ownPath());
    }
  }
}
