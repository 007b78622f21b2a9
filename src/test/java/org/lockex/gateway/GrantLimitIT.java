package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.lockex.cli.lockexd.LockexdOptions.Limits;
import org.lockex.fixture.Poll;
import org.lockex.fixture.TestZooKeeper;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.lease.LeaseLimits;

/** How many locks one address may hold. */
class GrantLimitIT {
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();

  private TestGateway gateway(int grants) throws Exception {
    return new TestGateway(
        zooKeeper.hosts(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        new Limits(100, 100, grants, 100, 1000, 1000, 199, Duration.ofSeconds(5), 1024),
        Access.Administration.of("yes"),
        null);
  }

  private static HttpResponse<String> take(
      TestGateway gateway, String lock, double wait, double lifetime) throws Exception {
    return Clients.send(
        "POST",
        gateway.url("/locks/" + lock),
        "{\"title\":\"t\",\"wait\":" + wait + ",\"lifetime\":" + lifetime + "}");
  }

  private static CompletableFuture<HttpResponse<String>> taking(TestGateway gateway, String lock) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return take(gateway, lock, 20, 60);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }

  @Test
  void who_holds_as_many_as_allowed_is_told_so_until_one_ends() throws Exception {
    try (TestGateway gateway = gateway(2)) {
      HttpResponse<String> first = take(gateway, "a", 0, 60);
      assertEquals(201, first.statusCode());
      assertEquals(201, take(gateway, "b", 0, 0.5).statusCode());
      HttpResponse<String> refused = take(gateway, "c", 0, 60);
      assertEquals(429, refused.statusCode());
      assertTrue(refused.body().contains("your address holds too many locks"), refused.body());
      assertEquals(List.of(LeaseLimits.Reached.GRANTS_OF_CLIENT), gateway.refused);
      assertEquals("", Clients.raw(gateway.port, "GET /LOCK/c/me\n\n"));
      Poll.until("the second one is over", () -> gateway.leases.directory().grants() == 1);
      assertEquals(201, take(gateway, "c", 0, 60).statusCode());
      assertEquals(429, take(gateway, "d", 0, 60).statusCode());
      String lock = first.headers().firstValue("Location").orElseThrow();
      assertEquals(204, Clients.send("DELETE", lock, "").statusCode());
      assertEquals(201, take(gateway, "d", 0, 60).statusCode());
      assertEquals(204, Clients.send("DELETE", gateway.url("/resources/d"), "").statusCode());
      assertEquals(1, gateway.leases.directory().grants());
    }
  }

  @Test
  void a_turn_that_comes_when_there_are_enough_is_passed_on() throws Exception {
    try (TestGateway gateway = gateway(2);
        TestGateway other = gateway(9)) {
      HttpResponse<String> held = take(other, "busy", 0, 60);
      assertEquals(201, held.statusCode());
      CompletableFuture<HttpResponse<String>> waits = taking(gateway, "busy");
      Poll.until("it waits", () -> gateway.leases.directory().waiting() == 1);
      for (String lock : List.of("a", "b")) {
        assertEquals(201, take(gateway, lock, 0, 60).statusCode());
      }
      CompletableFuture<HttpResponse<String>> next = taking(other, "busy");
      Poll.until("two wait", () -> other.leases.directory().waiting() == 1);
      String lock = held.headers().firstValue("Location").orElseThrow();
      assertEquals(204, Clients.send("DELETE", lock, "").statusCode());
      assertEquals(429, waits.get(20, TimeUnit.SECONDS).statusCode());
      assertEquals(201, next.get(20, TimeUnit.SECONDS).statusCode());
    }
  }
}
