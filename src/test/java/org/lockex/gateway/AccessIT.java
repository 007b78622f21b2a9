package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.cli.lockexd.LockexdOptions.Limits;
import org.lockex.fixture.Poll;
import org.lockex.fixture.TestZooKeeper;
import org.lockex.gateway.http.Access;

/** Who may do what, and how much. */
class AccessIT {
  @TempDir Path folder;
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();

  private TestGateway gateway(Limits limits, String administration, String secret)
      throws Exception {
    return new TestGateway(
        zooKeeper.hosts(),
        Duration.ofMillis(300),
        Duration.ofSeconds(5),
        limits,
        Access.Administration.of(administration),
        secret);
  }

  private static String basic(String login) {
    return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void without_administrators_resources_are_403() throws Exception {
    try (TestGateway gateway = gateway(Limits.DEFAULT, "no", null)) {
      assertEquals(403, Clients.send("GET", gateway.url("/resources"), "").statusCode());
      assertEquals(403, Clients.send("DELETE", gateway.url("/resources/x"), "").statusCode());
    }
  }

  @Test
  void administrators_have_bcrypt_or_plain_passwords() throws Exception {
    Path file = folder.resolve("users");
    String hash = BCrypt.withDefaults().hashToString(5, "geheim".toCharArray());
    Files.writeString(file, "# users\nanna:" + hash.replace("$2a$", "$2y$") + "\nbob:plain:word\n");
    try (TestGateway gateway = gateway(Limits.DEFAULT, file.toString(), null)) {
      String url = gateway.url("/resources");
      HttpResponse<String> nobody = Clients.send("GET", url, "");
      assertEquals(401, nobody.statusCode());
      assertTrue(
          nobody.headers().firstValue("WWW-Authenticate").orElseThrow().startsWith("Basic realm"));
      for (String login : new String[] {"anna:geheim", "bob:plain:word"}) {
        assertEquals(
            200, Clients.send("GET", url, "", "Authorization", basic(login)).statusCode(), login);
      }
      for (String login :
          new String[] {
            "anna:falsch", "anna:", "bob:", "carl:geheim", "anna", ":", "anna:" + hash
          }) {
        assertEquals(
            401, Clients.send("GET", url, "", "Authorization", basic(login)).statusCode(), login);
      }
      assertEquals(401, Clients.send("GET", url, "", "Authorization", "Basic %%%").statusCode());
    }
  }

  @Test
  void the_client_secret_guards_all_that_takes_or_frees_a_lock() throws Exception {
    try (TestGateway gateway = gateway(Limits.DEFAULT, "no", "s3cret")) {
      String url = gateway.url("/locks/guarded");
      String body = WireTest.body(0, 5);
      assertEquals(401, Clients.send("POST", url, body).statusCode());
      assertEquals(
          401, Clients.send("POST", url, body, "Authorization", "Bearer wrong").statusCode());
      HttpResponse<String> held = Clients.send("POST", url, body, "Authorization", "Bearer s3cret");
      assertEquals(201, held.statusCode());
      String lock = held.headers().firstValue("Location").orElseThrow();
      assertEquals(200, Clients.send("GET", lock, "").statusCode());
      assertEquals("", Clients.raw(gateway.port, "GET /LOCK/guarded/me\n\n"));
      assertEquals("", Clients.raw(gateway.port, "GET /UNLOCK/guarded/me\n\n"));
      assertEquals("1\n", Clients.raw(gateway.port, "GET /CHECK/guarded\n\n"));
      assertEquals(401, Clients.send("GET", gateway.url("/LOCK/guarded/me"), "").statusCode());
      assertEquals(401, Clients.send("POST", gateway.url("/RPC2"), "").statusCode());
      // The lock's own address is all that its client needs.
      assertEquals(204, Clients.send("DELETE", lock, "").statusCode());
      assertEquals(
          201, Clients.send("POST", url, body, "Authorization", basic("any:s3cret")).statusCode());
    }
  }

  /** Sends a beginning, then a byte now and then; whether the connection is closed at last. */
  private static boolean closesOn(int port, String beginning) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20);
      socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 500; i++) {
        socket.getOutputStream().write('x');
        try {
          return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
          // Not yet.
        }
      }
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2_000, 8_250, 9_000})
  void a_header_that_is_too_long_has_its_answer_however_it_arrives(int length) throws Exception {
    try (TestGateway gateway =
        gateway(new Limits(2, 1, 9, 3, 300, 300, 99, Duration.ofSeconds(9), 1024), "yes", null)) {
      String request = "GET /PING HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(length) + "\r\n\r\n";
      for (int i = 0; i < 20; i++) {
        String answer = Clients.raw(gateway.port, request);
        assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
      }
    }
  }

  @Test
  void limits_have_answers_of_their_own() throws Exception {
    Limits limits = new Limits(2, 1, 9, 3, 300, 300, 99, Duration.ofMillis(300), 1024);
    try (TestGateway gateway = gateway(limits, "yes", null)) {
      String url = gateway.url("/locks/full");
      assertEquals(413, Clients.send("POST", url, "x".repeat(301)).statusCode());
      String endless =
          Clients.raw(
              gateway.port,
              "POST /locks/full HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + "1000\r\n"
                  + "x".repeat(4096)
                  + "\r\n");
      assertTrue(endless.isEmpty() || endless.startsWith("HTTP/1.1 413"), endless);
      String trickle = "POST /locks/full HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\nx";
      assertEquals("", Clients.raw(gateway.port, trickle));
      assertTrue(closesOn(gateway.port, "GET /PING HTTP/1.1\r\nX: "), "a header without an end");
      assertEquals(
          431,
          Clients.send("GET", gateway.url("/PING"), "", "X-Long", "x".repeat(2000)).statusCode());
      assertEquals(201, Clients.send("POST", url, WireTest.body(0, 20)).statusCode());
      CompletableFuture<HttpResponse<String>> waiter =
          CompletableFuture.supplyAsync(() -> {
            try {
              return Clients.send("POST", url, WireTest.body(3, 5));
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
      Poll.until("a waiter", () -> gateway.leases.directory().waiting() == 1);
      HttpResponse<String> tooMany = Clients.send("POST", url, WireTest.body(1, 5));
      assertEquals(429, tooMany.statusCode());
      assertTrue(tooMany.headers().firstValue("Retry-After").isPresent());
      assertEquals(408, waiter.get(20, TimeUnit.SECONDS).statusCode());
      for (String name : new String[] {"a", "b"}) {
        assertEquals(
            201,
            Clients.send("POST", gateway.url("/locks/" + name), WireTest.body(0, 5)).statusCode());
      }
      assertEquals(
          503, Clients.send("POST", gateway.url("/locks/c"), WireTest.body(0, 5)).statusCode());
    }
  }

  @Test
  void the_page_shows_locks_to_administrators_and_breaks_them() throws Exception {
    try (TestGateway gateway = gateway(Limits.DEFAULT, "yes", null)) {
      String url = gateway.url("/locks/%3Cb%3E");
      HttpResponse<String> held =
          Clients.send("POST", url, "{\"title\":\"<script>\",\"wait\":0,\"lifetime\":60}");
      String lock = held.headers().firstValue("Location").orElseThrow();
      HttpResponse<String> page = Clients.send("GET", gateway.url("/"), "", "Accept", "text/html");
      assertTrue(page.headers().firstValue("Content-Security-Policy").isPresent());
      assertTrue(page.body().contains("&lt;script&gt;"), page.body());
      assertTrue(page.body().contains("&lt;b&gt;"), page.body());
      String form = "one=%253Cb%253E/" + lock.substring(lock.lastIndexOf('/') + 1);
      assertEquals(
          403,
          Clients.send("POST", gateway.url("/break"), form, "Origin", "http://evil.example")
              .statusCode());
      assertEquals(303, Clients.send("POST", gateway.url("/break"), form).statusCode());
      assertEquals(404, Clients.send("GET", lock, "").statusCode());
    }
    try (TestGateway gateway = gateway(Limits.DEFAULT, "no", null)) {
      String page = Clients.send("GET", gateway.url("/"), "", "Accept", "text/html").body();
      assertTrue(page.contains("grants"), page);
      assertEquals(403, Clients.send("GET", gateway.url("/events"), "").statusCode());
    }
  }
}
