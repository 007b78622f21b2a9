package org.lockex.lock.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.CriticalSection;
import org.lockex.fixture.Poll;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.session.ZooKeeperSession;

class SemaphoreIT {
  @AutoClose private final Contest contest = new Contest();

  @Test
  void at_most_three_of_twenty_hold_at_once_and_all_hold_once() throws Exception {
    CriticalSection section = new CriticalSection();
    Set<Long> tokens = java.util.Collections.synchronizedSet(new HashSet<>());
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ZooKeeperSession session = contest.session();
      done.add(
          Contest.acquiring(session, "s", 3)
              .thenAccept(lock -> {
                tokens.add(lock.token());
                try {
                  section.visit();
                  Contest.end(session);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    for (CompletableFuture<Void> each : done) {
      each.get(30, TimeUnit.SECONDS);
    }
    assertEquals(3, section.mostAtOnce());
    assertEquals(20, tokens.size(), "tokens are unique");
  }

  @Test
  void every_node_tells_who_it_is_and_none_an_address() throws Exception {
    Contest.acquire(contest.session(), "s", 2);
    Contest.acquire(contest.session(), "s", 2);
    CompletableFuture<HeldLock> waiter = Contest.acquiring(contest.session(), "s", 2);
    var curator = contest.session().curator();
    for (String parent : List.of("leases", "locks")) {
      String path = "/lockex/s/" + parent;
      int expected = parent.equals("leases") ? 3 : 1;
      Poll.until(parent, () -> curator.getChildren().forPath(path).size() == expected);
      for (String child : curator.getChildren().forPath(path)) {
        String data = Contest.text(curator.getData().forPath(path + "/" + child));
        assertTrue(data.startsWith("{\"host\":\"here\","), data);
      }
    }
    assertEquals(
        "{\"format\":1,\"mode\":\"semaphore\",\"concurrency\":2}",
        Contest.text(curator.getData().forPath("/lockex/s")));
    assertTrue(!waiter.isDone());
  }

  @Test
  void a_try_is_busy_only_when_no_lease_is_free() throws Exception {
    for (int round = 0; round < 5; round++) {
      String id = "t" + round;
      List<CompletableFuture<Boolean>> tries = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        ZooKeeperSession session = contest.session();
        session.awaitConnected();
        CompletableFuture<Boolean> had = new CompletableFuture<>();
        tries.add(had);
        Thread.startVirtualThread(() -> {
          try {
            had.complete(Locks.acquire(session, Contest.request(id, 5, true)).isPresent());
          } catch (Throwable e) {
            had.completeExceptionally(e);
          }
        });
      }
      int holders = 0;
      for (CompletableFuture<Boolean> each : tries) {
        holders += each.get(10, TimeUnit.SECONDS) ? 1 : 0;
      }
      assertEquals(5, holders, "all come at once for the inner mutex, and five get a lease");
    }
  }

  @Test
  @Tag("timed")
  void a_try_behind_a_waiter_is_busy_at_once() throws Exception {
    Contest.acquire(contest.session(), "s", 2);
    Contest.acquire(contest.session(), "s", 2);
    CompletableFuture<HeldLock> waiter = Contest.acquiring(contest.session(), "s", 2);
    Thread.sleep(200);
    long start = System.nanoTime();
    assertTrue(Locks.acquire(contest.session(), Contest.request("s", 2, true)).isEmpty());
    assertTrue(System.nanoTime() - start < 2_000_000_000L);
    assertTrue(!waiter.isDone());
  }
}
