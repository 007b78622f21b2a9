package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Programs;
import org.lockex.fixture.TestZooKeeper;

/** What Prometheus reads from lockexd, as Prometheus's own tool judges it. */
class MetricsE2E {
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();

  @Test
  void promtool_has_nothing_to_say_of_the_metrics() throws Exception {
    Programs.require("promtool");
    try (Lockexd lockexd = new Lockexd("-z", zooKeeper.hosts())) {
      assertEquals(201, lockexd.acquire("held", 0, 60).statusCode());
      assertEquals(408, lockexd.acquire("held", 0, 60).statusCode());
      String metrics = lockexd.send("GET", "/metrics", "").body();
      assertTrue(metrics.contains("\nlockexd_grants 1.0\n"), metrics);
      assertTrue(metrics.contains("\nlockexd_timeouts_total 1.0\n"), metrics);
      assertTrue(metrics.contains("\nlockexd_connected 1.0\n"), metrics);
      Image.Result result =
          Image.start(
                  Map.of(),
                  metrics.getBytes(StandardCharsets.UTF_8),
                  List.of("promtool", "check", "metrics"))
              .end();
      assertEquals("", result.out() + result.err());
      assertEquals(0, result.code());
    }
  }
}
