package org.lockex.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.cli.lockexd.LockexdOptions.Limits;
import org.lockex.fixture.Poll;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.BodyRoom;
import org.lockex.gateway.http.Dialect;
import org.lockex.gateway.http.GatewayServer;
import org.lockex.gateway.http.LineDialect;
import org.lockex.gateway.http.OwnSite;
import org.lockex.gateway.http.PublicSide;
import org.lockex.gateway.http.RequestLimits;

/**
 * A client that sends a line without an HTTP version takes every line for the answer: it gets 0, 1
 * or a time, or nothing.
 */
class LockServerLineIT extends WireTest {
  private static final String NOTHING = "";
  private static final String HTTP_ERROR = "(?s)HTTP/1\\.1 [45].*";

  @Override
  TestGateway gateway() throws Exception {
    return new TestGateway(zooKeeper.hosts(), Duration.ofSeconds(3), Duration.ofSeconds(20));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket, String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
  }

  private static String rest(Socket socket) throws IOException {
    try {
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (SocketException e) {
      return NOTHING;
    }
  }

  private static boolean isTime(String answer) {
    return answer.matches("\\d{10,}\\.\\d+\n");
  }

  private long waiting() {
    return gateway.leases.directory().waiting();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KEY WITH BLANKS/CLIENT A",
        "trailing/blank ",
        "50%/of%all",
        "%4/%zz",
        "a?b/c?d=e",
        "a#b/#",
        "a HTTP/b",
        "a;b=c/d;e",
        "a+b/[c]|{d}",
        "K\u00c3\u00a4se/\u00c3\u00a4"
      })
  void a_name_is_taken_as_it_is_written(String names) throws Exception {
    String key = names.substring(0, names.indexOf('/'));
    assertTrue(isTime(raw("GET /LOCK/" + names + "\n\n")), names);
    assertEquals("1\n", raw("GET /VERIFY/" + names + "\n\n"));
    assertEquals("0\n", raw("GET /VERIFY/" + names + "x\n\n"));
    assertEquals("1\n", raw("GET /CHECK/" + key + "\n\n"));
    assertEquals("1\n", raw("GET /UNLOCK/" + names + "\n\n"));
    assertEquals("0\n", raw("GET /CHECK/" + key + "\n\n"));
  }

  @Test
  void two_hex_digits_behind_a_percent_sign_are_decoded() throws Exception {
    assertTrue(isTime(raw("GET /LOCK/a%20b%23/me\n\n")));
    assertEquals("1\n", raw("GET /VERIFY/a b#/me\n\n"));
    assertEquals("1\n", send("GET", "/VERIFY/a%20b%23/me", "").body());
    assertEquals("1\n", raw("GET /UNLOCK/a b#/m%65\n\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /locks/x\n\n",
        "GET /resources\n\n",
        "GET /events\n\n",
        "GET /metrics\n\n",
        "GET /healthz\n\n",
        "GET /\n\n",
        "GET *\n\n",
        "GET http://h/PING\n\n",
        "GET /LOCK/a/b/c d\n\n",
        "GET /LOCK/\u00e4/latin1\n\n",
        "GET /LOCK/a\u0000b/c\n\n",
        "GET /LOCK/%00/c\n\n",
        "GET /LOCK/%ff/c\n\n",
        "GET\n\n",
        "get /PING\n\n",
        "POST /LOCK/a/b\n\n",
        "POST /locks/x\nContent-Length: 5\n\n{\"a\":",
        "DELETE /resources\n\n",
        "hello\n\n",
        "\u0000\u0001\u0002\n\n",
        "\u0016\u0003\u0001\u0002\u0000"
      })
  void what_cannot_be_answered_gets_nothing(String request) throws Exception {
    assertEquals(NOTHING, raw(request));
  }

  @Test
  void a_line_that_is_too_long_gets_nothing_and_in_http_its_status() throws Exception {
    for (int length : new int[] {8_000, 16_300, 17_000, 40_000, 900_000}) {
      String key = "x".repeat(length);
      String bare = raw("GET /LOCK/" + key + "/me\n\n");
      assertTrue(bare.isEmpty() || bare.equals("0\n") || isTime(bare), length + ": " + bare);
      String blanks = raw("GET /CHECK/" + "x ".repeat(length / 2) + "\n\n");
      assertTrue(blanks.isEmpty() || blanks.equals("0\n"), length + ": " + blanks);
      if (length > 16_384) {
        assertEquals(NOTHING, bare + blanks);
        assertTrue(raw("GET /" + key + " HTTP/1.1\r\nHost: h\r\n\r\n").matches(HTTP_ERROR));
      }
    }
    assertEquals(NOTHING, raw("GET /CHECK/" + "x".repeat(1 << 20)));
  }

  @Test
  void what_http_refuses_it_refuses_in_http() throws Exception {
    String end = " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    for (String request : List.of("GET /CHECK/a b" + end, "G\u0000T /x" + end, "GET x" + end)) {
      assertTrue(raw(request).matches(HTTP_ERROR), request);
    }
    String long431 = raw("GET /PING HTTP/1.1\r\nX: " + "y".repeat(17_000) + "\r\n\r\n");
    assertTrue(long431.startsWith("HTTP/1.1 431"), long431);
    String line = "GET /PING?" + "x".repeat(12_000) + " HTTP/1.1\r\nHost: h\r\n";
    assertTrue(raw(line + "Connection: close\r\n\r\n").startsWith("HTTP/1.1 200"));
  }

  @Test
  void lines_end_in_many_ways_and_come_in_any_pieces() throws Exception {
    for (String request :
        List.of("GET /PING\n", "GET /PING\r\n", "\nGET /PING\n\n", "\r\n\r\nGET /PING\r\n\r\n")) {
      assertEquals("1\n", raw(request), request);
      try (Socket socket = connect()) {
        for (int i = 0; i < request.length(); i++) {
          send(socket, request.substring(i, i + 1));
          socket.getOutputStream().flush();
        }
        assertEquals("1\n", rest(socket), request);
      }
    }
    try (Socket socket = connect()) {
      String request = "GET /PING HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
      for (int i = 0; i < request.length(); i++) {
        send(socket, request.substring(i, i + 1));
      }
      assertTrue(rest(socket).startsWith("HTTP/1.1 200"));
    }
  }

  @Test
  void the_half_of_a_line_is_no_line() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "GET /LOCK/half/me");
      socket.shutdownOutput();
      assertEquals(NOTHING, rest(socket));
    }
    assertEquals("0\n", raw("GET /CHECK/half\n"));
    try (Socket socket = connect()) {
      send(socket, "GET /LOCK/whole/me\n");
      socket.shutdownOutput();
      assertTrue(isTime(rest(socket)));
    }
    assertEquals("1\n", raw("GET /UNLOCK/whole/me\n"));
  }

  @Test
  void what_follows_the_line_is_dropped() throws Exception {
    assertEquals("1\n", raw("GET /PING\nGET /PING\nGET / HTTP/1.1\r\n\r\n" + "x".repeat(50_000)));
    assertTrue(isTime(raw("GET /LOCK/busy/first\n\n")));
    try (Socket socket = connect()) {
      send(socket, "GET /LOCK/busy/second\n");
      Poll.until("a waiter", () -> waiting() == 1);
      send(socket, "\nGET /PING HTTP/1.1\r\n\r\n");
      assertEquals("0\n", rest(socket));
    }
    assertEquals("1\n", raw("GET /UNLOCK/busy/first\n\n"));
  }

  @Test
  void who_hangs_up_leaves_the_queue_and_who_waits_gets_the_lock() throws Exception {
    try (TestGateway patient =
        new TestGateway(zooKeeper.hosts(), Duration.ofSeconds(30), Duration.ofSeconds(20))) {
      assertTrue(isTime(Clients.raw(patient.port, "GET /LOCK/queue/first\n\n")));
      try (Socket leaving = new Socket(InetAddress.getLoopbackAddress(), patient.port);
          Socket staying = new Socket(InetAddress.getLoopbackAddress(), patient.port)) {
        staying.setSoTimeout(20_000);
        send(leaving, "GET /LOCK/queue/second\n\n");
        Poll.until("two", () -> patient.leases.directory().waiting() == 1);
        send(staying, "GET /LOCK/queue/third\n\n");
        Poll.until("three", () -> patient.leases.directory().waiting() == 2);
        leaving.close();
        Poll.until("two again", () -> patient.leases.directory().waiting() == 1);
        assertEquals("1\n", Clients.raw(patient.port, "GET /UNLOCK/queue/first\n\n"));
        assertTrue(isTime(rest(staying)));
      }
      assertEquals("1\n", Clients.raw(patient.port, "GET /UNLOCK/queue/third\n\n"));
      Poll.until("no connection stays", () -> patient.gateway.connections() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"G", "GET /LOCK/slow/me", "GET /PING HTTP/1.1\r\n", "GET /PING HTTP/1.1"})
  void a_line_or_a_request_that_stops_in_its_middle_is_hung_up_on(String beginning)
      throws Exception {
    Limits limits = new Limits(9, 9, 9, 9, 300, 300, 99, Duration.ofMillis(300), 1024);
    try (TestGateway hasty =
            new TestGateway(
                zooKeeper.hosts(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                limits,
                Access.Administration.of("no"),
                null);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), hasty.port)) {
      socket.setSoTimeout(15_000);
      send(socket, beginning);
      assertEquals(NOTHING, rest(socket));
    } catch (SocketTimeoutException e) {
      throw new AssertionError("still open", e);
    }
  }

  @Test
  void a_defect_is_nothing_for_a_line_and_a_status_in_http() throws Exception {
    LineDialect lines =
        exchange -> {
          throw new IllegalStateException("a test: " + exchange.target());
        };
    Dialect dialect =
        exchange -> {
          throw new IllegalStateException("a test: " + exchange.path());
        };
    GatewayServer server =
        new GatewayServer(
            List.of(InetSocketAddress.createUnresolved("127.0.0.1", 0)),
            Optional.empty(),
            PublicSide.DIRECT,
            new RequestLimits(300, new BodyRoom(300), Duration.ofSeconds(5), 1024, 99),
            new OwnSite(false, Optional.empty()),
            List.of(dialect),
            lines,
            status -> {});
    server.start();
    try {
      int port = server.ports().getFirst();
      assertEquals(NOTHING, Clients.raw(port, "GET /PING\n\n"));
      String http = Clients.raw(port, "GET /PING HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
      assertTrue(http.startsWith("HTTP/1.1 500"), http);
    } finally {
      server.stop();
    }
  }

  @Test
  void lines_leave_no_connection() throws Exception {
    for (int i = 0; i < 300; i++) {
      assertEquals("1\n", raw("GET /PING\n\n"));
    }
    Poll.until("no connection stays", () -> gateway.gateway.connections() == 0);
  }
}
