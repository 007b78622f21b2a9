package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;
import org.lockex.znode.LockId;

/** What a lockexd can leave that ends in the midst of its work. */
class OrphanIT extends WireTest {
  private static final String LATE_GRANT =
      "{\"host\":\"h\",\"pid\":1,\"user\":\"u\",\"command\":\"late\",\"dialect\":\"rdlm\","
          + "\"waitMillis\":0,\"lifetimeMillis\":1000,\"token\":0}";

  @Test
  void a_grant_that_came_second_holds_nothing_and_goes_after_its_lifetime() throws Exception {
    try (CuratorFramework curator = PlainCurator.of(zooKeeper.hosts())) {
      curator.start();
      InterProcessMutex mutex = new InterProcessMutex(curator, "/lockex/orphan");
      mutex.acquire();
      curator
          .create()
          .withProtection()
          .withMode(CreateMode.PERSISTENT_SEQUENTIAL)
          .forPath("/lockex/orphan/lock-", LATE_GRANT.getBytes(StandardCharsets.UTF_8));
      String there = send("GET", "/resources/orphan", "").body();
      assertEquals(1, there.split("\"active\":true", -1).length - 1, there);
      CompletableFuture<HttpResponse<String>> waiting =
          sending("POST", "/locks/orphan", body(10, 5));
      mutex.release();
      HttpResponse<String> granted = waiting.get(10, TimeUnit.SECONDS);
      assertEquals(201, granted.statusCode());
      assertTrue(gateway.expired.get() >= 1);
      assertEquals(204, send("DELETE", location(granted), "").statusCode());
    }
  }

  @Test
  void a_stop_leaves_no_grant_that_nobody_was_told_of() throws Exception {
    Set<String> told = ConcurrentHashMap.newKeySet();
    List<Thread> clients = new ArrayList<>();
    try (TestGateway mortal = gateway()) {
      for (int i = 0; i < 8; i++) {
        int number = i;
        clients.add(
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    for (int turn = 0; ; turn++) {
                      String lock = "stop" + number + "x" + turn;
                      String url = mortal.url("/locks/" + lock);
                      if (Clients.send("POST", url, body(0, 300)).statusCode() != 201) {
                        return;
                      }
                      told.add(lock);
                    }
                  } catch (Exception e) {
                    // It has stopped.
                  }
                }));
      }
      Poll.until("grants", () -> told.size() > 100);
    }
    for (Thread client : clients) {
      client.join();
    }
    Set<String> there = new HashSet<>();
    gateway.leases.directory().contenders(LockId.of("synced")).join();
    gateway.leases.directory().all().forEach(lock -> there.add(lock.getFirst().lock().value()));
    assertEquals(told, there);
    assertEquals(204, send("DELETE", "/resources", "").statusCode());
  }
}
