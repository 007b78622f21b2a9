package org.lockex.gateway;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.lockex.fixture.TestZooKeeper;

/** A gateway over a ZooKeeper of its own, and requests to it as they go over the wire. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class WireTest {
  @AutoClose final TestZooKeeper zooKeeper = new TestZooKeeper();
  TestGateway gateway;

  @BeforeAll
  void start() throws Exception {
    gateway = gateway();
  }

  @AfterAll
  void stop() throws Exception {
    gateway.close();
  }

  TestGateway gateway() throws Exception {
    return new TestGateway(zooKeeper.hosts(), Duration.ofSeconds(1), Duration.ofSeconds(5));
  }

  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws Exception {
    return Clients.send(method, gateway.url(path), body, headers);
  }

  CompletableFuture<HttpResponse<String>> sending(String method, String path, String body) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return send(method, path, body);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  HttpResponse<String> acquire(String resource, double wait, double lifetime) throws Exception {
    return send("POST", "/locks/" + resource, body(wait, lifetime));
  }

  static String body(double wait, double lifetime) {
    return "{\"title\":\"who\",\"wait\":" + wait + ",\"lifetime\":" + lifetime + "}";
  }

  /** The path of the lock that an answer gives. */
  static String location(HttpResponse<String> answer) {
    String url = answer.headers().firstValue("Location").orElseThrow();
    return url.substring(url.indexOf("/locks/"));
  }

  String raw(String bytes) throws Exception {
    return Clients.raw(gateway.port, bytes);
  }
}
