package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;
import org.lockex.fixture.TestZooKeeper;

/** A lockexd that is taken out from behind a load balancer. */
class DrainE2E {
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();

  private Lockexd lockexd(String drain) throws Exception {
    return new Lockexd("-z", zooKeeper.hosts(), "--drain", drain, "--admin-userpass-file", "yes");
  }

  @Test
  void who_waits_is_served_while_new_clients_go_elsewhere_and_grants_stay() throws Exception {
    try (Lockexd lockexd = lockexd("3s");
        Lockexd other = lockexd("1h")) {
      String held = Lockexd.path(lockexd.acquire("a", 0, 600));
      String kept = Lockexd.path(lockexd.acquire("b", 0, 600));
      CompletableFuture<HttpResponse<String>> waiter =
          CompletableFuture.supplyAsync(() -> unchecked(lockexd));
      Poll.until("it waits", () -> metrics(lockexd).contains("\nlockexd_waiting 1.0\n"));
      lockexd.signal("USR1");
      Poll.until(
          "it is drained", () -> lockexd.send("GET", "/readyz", "").body().equals("draining\n"));
      assertEquals(503, lockexd.send("GET", "/readyz", "").statusCode());
      assertEquals(200, lockexd.send("GET", "/healthz", "").statusCode());
      assertEquals(204, lockexd.send("DELETE", held, "").statusCode());
      assertEquals(201, waiter.get(3, TimeUnit.SECONDS).statusCode());
      lockexd.signal("USR1"); // again: no more than before
      assertEquals(0, lockexd.awaitEnd());
      assertEquals("lockexd: drained by SIGUSR1, stops in 3s\n", lockexd.said());
      assertEquals(200, other.send("GET", kept, "").statusCode());
    }
  }

  @Test
  void an_administrator_drains_it_and_who_still_waits_is_told() throws Exception {
    try (Lockexd lockexd = lockexd("1s")) {
      lockexd.acquire("a", 0, 600);
      CompletableFuture<HttpResponse<String>> waiter =
          CompletableFuture.supplyAsync(() -> unchecked(lockexd));
      Poll.until("it waits", () -> metrics(lockexd).contains("\nlockexd_waiting 1.0\n"));
      assertEquals(405, lockexd.send("GET", "/drain", "").statusCode());
      assertEquals(202, lockexd.send("POST", "/drain", "").statusCode());
      assertEquals(503, waiter.get(10, TimeUnit.SECONDS).statusCode());
      assertEquals(0, lockexd.awaitEnd());
    }
    try (Lockexd closed = new Lockexd("-z", zooKeeper.hosts())) {
      assertEquals(403, closed.send("POST", "/drain", "").statusCode());
      assertTrue(closed.ready());
    }
  }

  private static HttpResponse<String> unchecked(Lockexd lockexd) {
    try {
      return lockexd.acquire("a", 60, 600);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String metrics(Lockexd lockexd) throws Exception {
    return lockexd.send("GET", "/metrics", "").body();
  }
}
