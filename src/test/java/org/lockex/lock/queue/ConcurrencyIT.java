package org.lockex.lock.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.security.ClientConfig;
import org.lockex.security.Connectors;

/** One lock is used with one concurrency at a time, by us and by any Curator program. */
class ConcurrencyIT {
  @AutoClose private final Contest contest = new Contest();
  private CuratorFramework plain;

  @BeforeEach
  void start() throws Exception {
    plain =
        CuratorFrameworkFactory.builder()
            .connectString(contest.server().hosts())
            .retryPolicy(new RetryOneTime(10))
            .zkClientConfig(new ClientConfig(Connectors.NONE, Optional.empty()))
            .build();
    plain.start();
  }

  @AfterEach
  void stop() throws Exception {
    plain.close();
  }

  private LockException refused(String id, int concurrency) {
    LockException e =
        assertThrows(
            LockException.class, () -> Contest.acquire(contest.session(), id, concurrency));
    assertEquals(LockException.Kind.OTHER_CONCURRENCY, e.kind(), e.getMessage());
    return e;
  }

  @Test
  void another_concurrency_is_refused_while_anyone_holds_and_taken_when_nobody_does()
      throws Exception {
    for (int held : new int[] {1, 2, 3, 1}) {
      ZooKeeperSession holder = contest.session();
      Contest.acquire(holder, "a", held);
      for (int other = 1; other <= 3; other++) {
        if (other != held) {
          assertEquals(
              "cannot use concurrency "
                  + other
                  + " on /lockex/a: the lock is in use with"
                  + " concurrency "
                  + held,
              refused("a", other).getMessage());
        }
      }
      Contest.end(holder);
    }
  }

  @Test
  void another_concurrency_is_refused_while_somebody_only_waits() throws Exception {
    ZooKeeperSession first = contest.session();
    ZooKeeperSession second = contest.session();
    Contest.acquire(first, "a", 1);
    CompletableFuture<HeldLock> waiting = Contest.acquiring(second, "a", 1);
    Thread.sleep(200);
    Contest.end(first);
    refused("a", 2);
    waiting.get(5, TimeUnit.SECONDS);
  }

  @Test
  void contenders_of_two_concurrencies_at_once_never_hold_together() throws Exception {
    Random random = new Random(3);
    int[] won = new int[3];
    for (int round = 0; round < 40; round++) {
      String id = "r" + round / 10; // Mostly a lock that was used before.
      int[] concurrencies = {1, 2, 2 + random.nextInt(2)};
      List<ZooKeeperSession> sessions = new ArrayList<>();
      List<CompletableFuture<Optional<HeldLock>>> all = new ArrayList<>();
      for (int concurrency : concurrencies) {
        ZooKeeperSession session = contest.session();
        session.awaitConnected();
        sessions.add(session);
        long delay = random.nextInt(40_000_000);
        CompletableFuture<Optional<HeldLock>> result = new CompletableFuture<>();
        all.add(result);
        Thread.startVirtualThread(() -> {
          try {
            Thread.sleep(java.time.Duration.ofNanos(delay));
            result.complete(Locks.acquire(session, Contest.request(id, concurrency, true)));
          } catch (LockException e) {
            if (e.kind() == LockException.Kind.OTHER_CONCURRENCY) {
              result.complete(Optional.empty());
            } else {
              result.completeExceptionally(e);
            }
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
      }
      int kind = 0;
      int holders = 0;
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i).get(20, TimeUnit.SECONDS).isPresent()) {
          assertTrue(kind == 0 || kind == concurrencies[i], "two kinds hold in round " + round);
          kind = concurrencies[i];
          holders++;
        }
      }
      assertTrue(holders >= 1, "somebody holds in round " + round);
      won[Math.min(kind, 3) - 1]++;
      for (ZooKeeperSession session : sessions) {
        Contest.end(session);
      }
    }
    System.out.println("races won by concurrency 1, 2, 3: " + java.util.Arrays.toString(won));
  }

  @Test
  void a_plain_curator_mutex_and_ours_exclude_each_other() throws Exception {
    InterProcessMutex mutex = new InterProcessMutex(plain, "/lockex/m");
    mutex.acquire();
    assertTrue(Locks.acquire(contest.session(), Contest.request("m", 1, true)).isEmpty());
    ZooKeeperSession session = contest.session();
    CompletableFuture<HeldLock> waiting = Contest.acquiring(session, "m", 1);
    Thread.sleep(200);
    assertTrue(!waiting.isDone());
    mutex.release();
    waiting.get(5, TimeUnit.SECONDS);
    assertTrue(!mutex.acquire(200, TimeUnit.MILLISECONDS));
    Contest.end(session);
    assertTrue(mutex.acquire(5, TimeUnit.SECONDS));
    mutex.release();
  }

  @Test
  void a_plain_curator_semaphore_and_ours_share_the_leases() throws Exception {
    InterProcessSemaphoreV2 semaphore = new InterProcessSemaphoreV2(plain, "/lockex/s", 2);
    Lease lease = semaphore.acquire();
    ZooKeeperSession session = contest.session();
    Contest.acquire(session, "s", 2);
    assertTrue(Locks.acquire(contest.session(), Contest.request("s", 2, true)).isEmpty());
    assertEquals(null, semaphore.acquire(200, TimeUnit.MILLISECONDS));
    CompletableFuture<HeldLock> waiting = Contest.acquiring(contest.session(), "s", 2);
    Thread.sleep(200);
    assertTrue(!waiting.isDone());
    semaphore.returnLease(lease);
    waiting.get(5, TimeUnit.SECONDS);
    Contest.end(session);
    Lease again = semaphore.acquire(5, TimeUnit.SECONDS);
    assertTrue(again != null);
    semaphore.returnLease(again);
  }

  @Test
  void the_children_of_a_plain_curator_program_tell_its_kind() throws Exception {
    new InterProcessMutex(plain, "/lockex/pm").acquire();
    assertEquals(
        "cannot use concurrency 2 on /lockex/pm: the lock is in use as a mutex",
        refused("pm", 2).getMessage());
    new InterProcessSemaphoreV2(plain, "/lockex/ps", 2).acquire();
    assertEquals(
        "cannot use concurrency 1 on /lockex/ps: the lock is in use as a semaphore",
        refused("ps", 1).getMessage());
  }

  @Test
  void foreign_data_is_left_alone() throws Exception {
    plain.create().creatingParentsIfNeeded().forPath("/lockex/f", "theirs".getBytes());
    Contest.acquire(contest.session(), "f", 1);
    assertEquals("theirs", Contest.text(plain.getData().forPath("/lockex/f")));
    refused("f", 2);
  }
}
