package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.Test;

/** What a lockexd can leave that died right after it had hoped to be the first. */
class OrphanIT extends WireTest {
  private static final String LATE_GRANT =
      "{\"host\":\"h\",\"pid\":1,\"user\":\"u\",\"command\":\"late\",\"dialect\":\"rdlm\","
          + "\"waitMillis\":0,\"lifetimeMillis\":1000,\"token\":0}";

  @Test
  void a_grant_that_came_second_holds_nothing_and_goes_after_its_lifetime() throws Exception {
    try (CuratorFramework curator = PlainCurator.of(zooKeeper.getConnectString())) {
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
}
