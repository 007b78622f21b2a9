package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;

/**
 * Whatever is sent: a clear 4xx or, where the client does not speak HTTP, a closed connection, and
 * it goes on serving.
 */
class BadInputIT extends WireTest {
  private static final int REQUESTS = Integer.getInteger("lockex.fuzz", 2000);
  private static final String[] METHODS = {"GET", "POST", "DELETE", "PUT", "G\u0000T", "", "get"};
  private static final String[] PATHS = {
    "/locks/a",
    "/locks/a/b",
    "/resources",
    "/resources/a",
    "/RPC2",
    "/LOCK/a/b",
    "/CHECK/a",
    "/PING",
    "/LOCK/a b/c",
    "/LOCK/50%/c?d#e",
    "/CHECK/" + "k".repeat(17_000),
    "/",
    "/../..",
    "/%00",
    "/%ff",
    "*",
    "http://x/y",
    "/locks/" + "a".repeat(3000),
    "//",
    "/locks/;x",
    "\u00ff"
  };
  private static final String[] BODIES = {
    "",
    "{",
    "[[[[[[[[",
    "{\"title\":\"t\",\"wait\":0,\"lifetime\":1}",
    "<methodCall>",
    "\u0000\u0001",
    "{\"title\":\"\\ud800\",\"wait\":0,\"lifetime\":1}",
    "{\"title\":\"t\",\"wait\":1e308,\"lifetime\":NaN}",
    "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"
  };
  private static final String[] HEADERS = {
    "Host: h",
    "Host: h\r\nHost: i",
    "Host:",
    "",
    "Content-Length: -1",
    "Content-Length: 99999999999999999999",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: x",
    "X: " + "y".repeat(20_000),
    ": x",
    "\u0000: x",
    "Expect: 100-continue",
    "Authorization: Basic !!!",
    "Connection: close",
    "Content-Length: 5"
  };

  @Test
  void two_thousand_bad_requests_and_it_still_serves() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<String, Integer> answers = new TreeMap<>();
    for (int i = 0; i < REQUESTS; i++) {
      String request = request(random);
      String answer = exchange(request);
      answers.merge(kind(answer), 1, Integer::sum);
      String what = "seed " + seed + ", request " + i + ": " + request + "\n" + answer;
      assertTrue(!answer.matches("(?s)HTTP/1.1 5(?!03|05).*"), what);
      assertTrue(!answer.contains("root:"), what);
      assertTrue(hasVersion(request) || answer.matches("([01]|\\d{10,}\\.\\d+)\n|"), what);
    }
    assertEquals("1\n", raw("GET /PING\n\n"));
    assertEquals(201, acquire("after", 0, 1).statusCode());
    Poll.until("no request stays", () -> gateway.leases.directory().waiting() == 0);
    Poll.until("no connection stays", () -> gateway.gateway.connections() <= 1);
    if (System.getProperty("lockex.fuzz") != null) {
      System.out.println(REQUESTS + " bad requests, seed " + seed + ", answers: " + answers);
    }
  }

  /** Whether the client may be told of errors; half a line is nothing either. */
  private static boolean hasVersion(String request) {
    Matcher line = Pattern.compile("(?:\r?\n)*([^\n]*)\n(?s:.*)").matcher(request);
    return line.matches() && line.group(1).matches("(?s).*[ \t]HTTP/\\d+(\\.\\d+)?\\s*");
  }

  private static String kind(String answer) {
    return answer.startsWith("HTTP/1.1 ")
        ? answer.substring(9, 12)
        : answer.isEmpty() ? "closed" : "a line";
  }

  private static String request(Random random) {
    StringBuilder request = new StringBuilder();
    String end = random.nextBoolean() ? "\r\n" : "\n";
    request.append(pick(random, METHODS)).append(' ').append(pick(random, PATHS));
    if (random.nextInt(4) > 0) {
      request.append(random.nextInt(8) > 0 ? " HTTP/1.1" : " HTTP/" + random.nextInt(99));
    }
    request.append(end);
    for (int i = random.nextInt(4); i > 0; i--) {
      request.append(pick(random, HEADERS)).append(end);
    }
    String body = pick(random, BODIES);
    if (random.nextInt(3) > 0) {
      request.append("Content-Length: ").append(body.length()).append(end);
    }
    request.append(end).append(body);
    for (int i = random.nextInt(3); i > 0; i--) {
      request.setCharAt(random.nextInt(request.length()), (char) random.nextInt(256));
    }
    return request.toString();
  }

  private static String pick(Random random, String[] from) {
    return from[random.nextInt(from.length)];
  }

  /** Sends and reads what comes at once; most requests are never complete. */
  private String exchange(String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port)) {
      socket.setSoTimeout(1000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      byte[] bytes = new byte[4096];
      int read = socket.getInputStream().read(bytes);
      return read < 0 ? "" : new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
    } catch (java.net.SocketTimeoutException | java.net.SocketException e) {
      return "";
    }
  }

  @Test
  void a_slow_client_keeps_nobody_else_waiting() throws Exception {
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), gateway.port)) {
      slow.getOutputStream()
          .write("POST /locks/slow HTTP/1.1\r\nContent-Le".getBytes(StandardCharsets.US_ASCII));
      assertEquals("1\n", raw("GET /PING\n\n"));
    }
  }
}
