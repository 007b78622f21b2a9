package org.lockex.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;

class MutexIT {

  @Test
  void a_lock_is_had_and_its_end_is_answered() throws Exception {
    try (TestingServer server = Contest.server();
        Contest contest = new Contest(server.getConnectString())) {
      long t0 = System.nanoTime();
      Session session = contest.session();
      HeldLock lock = Contest.acquire(session, "a", 1);
      System.out.println(
          "first "
              + (System.nanoTime() - t0) / 1_000_000
              + " "
              + lock
              + " "
              + (lock.lease().deadline().dieAt() - System.nanoTime()) / 1_000_000);
      assertEquals("/lockex/a", lock.path());
      assertTrue(lock.ownPath().startsWith("/lockex/a/_c_"), lock.ownPath());
      Contest.end(session);
      for (int i = 0; i < 5; i++) {
        t0 = System.nanoTime();
        session = contest.session();
        lock = Contest.acquire(session, "a", i % 2 + 1);
        System.out.println("next " + (System.nanoTime() - t0) / 1_000_000 + " " + lock.ownPath());
        Contest.end(session);
      }
    }
  }

  @Test
  void hand_over() throws Exception {
    try (TestingServer server = Contest.server();
        Contest contest = new Contest(server.getConnectString())) {
      for (int n = 1; n <= 2; n++) {
        List<Session> holders = new ArrayList<>();
        for (int i = 0; i < n; i++) {
          holders.add(contest.session());
          Contest.acquire(holders.get(i), "h" + n, n);
        }
        List<Session> waiters = new ArrayList<>();
        List<CompletableFuture<Long>> got = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          Session session = contest.session();
          session.awaitConnected();
          waiters.add(session);
          got.add(Contest.acquiring(session, "h" + n, n).thenApply(l -> System.nanoTime()));
          Thread.sleep(50);
        }
        Thread.sleep(500);
        Session holder = holders.get(0);
        StringBuilder out = new StringBuilder("hand-over n=" + n + ":");
        for (int i = 0; i < 20; i++) {
          assertFalse(got.get(i).isDone());
          long t0 = System.nanoTime();
          Contest.end(holder);
          long t1 = System.nanoTime();
          long t2 = got.get(i).get(10, TimeUnit.SECONDS);
          out.append(" ").append((t1 - t0) / 1000).append("/").append((t2 - t1) / 1000);
          holder = waiters.get(i);
        }
        System.out.println(out);
      }
    }
  }
}
