package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;

/** Lock::Server on the wire: DIALECTS, section B, row by row. */
class LockServerWireIT extends WireTest {

  private String ask(String path) throws Exception {
    return raw("GET " + path + "\n\n");
  }

  @Test
  void a_bare_request_gets_the_value_and_a_line_feed() throws Exception {
    assertEquals("1\n", ask("/PING"));
    assertEquals("1\n", raw("GET /PING\r\n\r\n"));
  }

  @Test
  void a_request_with_a_version_gets_text() throws Exception {
    HttpResponse<String> answer = send("GET", "/PING", "");
    assertEquals(200, answer.statusCode());
    assertEquals("1\n", answer.body());
    assertTrue(answer.headers().firstValue("Content-Type").orElseThrow().startsWith("text/plain"));
    assertTrue(raw("GET /PING HTTP/1.0\r\n\r\n").startsWith("HTTP/1.1 200 OK"));
  }

  @Test
  void lock_check_verify_unlock() throws Exception {
    assertEquals("0\n", ask("/CHECK/KEYA"));
    assertEquals("0\n", ask("/VERIFY/KEYA/CLIENT_A"));
    assertEquals("0\n", ask("/UNLOCK/KEYA/CLIENT_A"));
    double expires = Double.parseDouble(ask("/LOCK/KEYA/CLIENT_A"));
    double left = expires - System.currentTimeMillis() / 1000.0;
    assertTrue(left > 4 && left <= 5.1, "left: " + left);
    assertEquals("1\n", ask("/CHECK/KEYA"));
    assertEquals("1\n", ask("/VERIFY/KEYA/CLIENT_A"));
    assertEquals("0\n", ask("/VERIFY/KEYA/CLIENT_B"));
    assertEquals("0\n", ask("/UNLOCK/KEYA/CLIENT_B"));
    assertEquals("1\n", ask("/UNLOCK/KEYA/CLIENT_A"));
    assertEquals("0\n", ask("/UNLOCK/KEYA/CLIENT_A"));
    assertEquals("0\n", ask("/CHECK/KEYA"));
  }

  @Test
  void a_lock_that_is_not_free_in_time_is_0() throws Exception {
    ask("/LOCK/KEYB/CLIENT_A");
    long start = System.nanoTime();
    assertEquals("0\n", ask("/LOCK/KEYB/CLIENT_B"));
    assertTrue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) >= 590);
    assertEquals("1\n", ask("/UNLOCK/KEYB/CLIENT_A"));
  }

  @Test
  @Tag("timed")
  void who_holds_or_waits_already_gets_0_at_once() throws Exception {
    ask("/LOCK/KEYC/CLIENT_A");
    long start = System.nanoTime();
    assertEquals("0\n", ask("/LOCK/KEYC/CLIENT_A"));
    var waiting = sending("GET", "/LOCK/KEYC/CLIENT_B", "");
    Poll.until(
        "a waiter", () -> gateway.leases.directory().all().stream().anyMatch(l -> l.size() == 2));
    assertEquals("0\n", ask("/LOCK/KEYC/CLIENT_B"));
    assertTrue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) < 500);
    assertEquals("1\n", ask("/UNLOCK/KEYC/CLIENT_A"));
    assertTrue(Double.parseDouble(waiting.get(5, TimeUnit.SECONDS).body()) > 1);
    assertEquals("1\n", ask("/UNLOCK/KEYC/CLIENT_B"));
  }

  @Test
  void another_size_in_use_is_0() throws Exception {
    Clients.OverXmlRpc xml = new Clients.OverXmlRpc(gateway);
    String ticket = Clients.OverXmlRpc.string(xml.call("lock.query", "pair2", "d"));
    assertEquals("0\n", ask("/LOCK/pair2/CLIENT_A"));
    xml.call("lock.release", "pair2", ticket);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/LOCK",
        "/LOCK/",
        "/LOCK/key",
        "/LOCK/key/",
        "/LOCK/key/a/b",
        "/UNLOCK/key",
        "/CHECK",
        "/CHECK/a/b",
        "/VERIFY/key",
        "/SHUTDOWN",
        "/NONE",
        "/LOCK/%2e%2e/x",
        "/LOCK/%ff/x",
        "/lock/a/b"
      })
  void anything_else_just_closes(String path) throws Exception {
    if (!path.equals("/")) {
      assertEquals("", ask(path), path);
      String answer = raw("GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
      assertTrue(answer.matches("(?s)HTTP/1.1 40[034] .*"), path + ": " + answer);
    }
  }

  @Test
  void the_grant_on_the_wire_has_a_token_where_there_are_headers() throws Exception {
    HttpResponse<String> answer = send("GET", "/LOCK/KEYD/CLIENT_A", "");
    assertTrue(Long.parseLong(answer.headers().firstValue("Lockex-Token").orElseThrow()) > 0);
    assertEquals("1\n", ask("/UNLOCK/KEYD/CLIENT_A"));
  }
}
