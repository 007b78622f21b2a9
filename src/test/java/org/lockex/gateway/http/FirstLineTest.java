package org.lockex.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.gateway.http.FirstLine.LineKind;

/** Which first lines of a connection have a version, and what the others ask for. */
class FirstLineTest {
  private static final int LIMIT = 64;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static LineKind kind(String text) {
    return new FirstLine(LIMIT).add(bytes(text));
  }

  private static String http(String text) {
    ByteBuffer all = assertInstanceOf(LineKind.Http.class, kind(text), text).bytes();
    return StandardCharsets.UTF_8.decode(all).toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /PING HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /PING HTTP/1.0\n\n",
        "GET /a b/c HTTP/1.1\r\n",
        "POST /x HTTP/1.1 \r\nbody",
        "PRI * HTTP/2.0\r\n\r\nSM",
        "GET /x HTTP/99\n",
        "G\u0000T\t*\tHTTP/1.1\n"
      })
  void a_version_at_the_end_is_http_with_all_that_came(String text) {
    assertEquals(text, http(text));
  }

  @Test
  void all_else_that_asks_is_a_line_to_its_last_blank() {
    assertEquals(new LineKind.Bare("/LOCK/a b/c"), kind("GET /LOCK/a b/c\n\n"));
    assertEquals(new LineKind.Bare("/LOCK/a/b "), kind("GET /LOCK/a/b \r\n\r\n"));
    assertEquals(new LineKind.Bare("/CHECK/a?b#c%z"), kind("GET /CHECK/a?b#c%z\n"));
    assertEquals(new LineKind.Bare("/LOCK/a/b HTTP/x"), kind("GET /LOCK/a/b HTTP/x\n"));
    assertEquals(new LineKind.Bare("/LOCK/a/HTTP/1.1"), kind("GET /LOCK/a/HTTP/1.1\n"));
    assertEquals(new LineKind.Bare("/LOCK/ä/b"), kind("GET /LOCK/ä/b\n"));
    assertEquals(new LineKind.Bare("/PING"), kind("GET /PING HTTP/0.9\r\n"));
    assertEquals(new LineKind.Bare("/PING"), kind("\n\r\n\nGET /PING\nand what follows"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET\n",
        "GET \n",
        "GET PING\n",
        "GET  /PING\n",
        "get /PING\n",
        " GET /PING\n",
        "GET\t/PING\n",
        "POST /LOCK/a/b\n",
        "x\n",
        "GET /LOCK/a/b\u0007\n",
        "GET /PING HTTP/1.1\u001e\n",
        "GET /LOCK/a/b\rc\n",
        "\u0016\u0003\u0001"
      })
  void what_cannot_be_answered_is_hopeless(String text) {
    assertInstanceOf(LineKind.Hopeless.class, kind(text));
  }

  @Test
  void what_is_no_text_is_hopeless() {
    FirstLine line = new FirstLine(LIMIT);
    assertInstanceOf(
        LineKind.Hopeless.class,
        line.add(ByteBuffer.wrap("GET /LOCK/\u00e4/b\n".getBytes(StandardCharsets.ISO_8859_1))));
  }

  @Test
  void nothing_is_decided_before_the_line_is_whole() {
    String text = "\r\nGET /LOCK/a b/c\r\n";
    FirstLine line = new FirstLine(LIMIT);
    for (int i = 0; i < text.length() - 1; i++) {
      assertInstanceOf(LineKind.Unfinished.class, line.add(bytes(text.substring(i, i + 1))));
    }
    assertEquals(new LineKind.Bare("/LOCK/a b/c"), line.add(bytes("\n")));
  }

  @Test
  void a_line_over_the_limit_is_http_if_it_has_a_version_and_hopeless_otherwise() {
    String name = "x".repeat(LIMIT + 10);
    assertEquals("GET /" + name + " HTTP/1.1\r\n", http("GET /" + name + " HTTP/1.1\r\n"));
    assertInstanceOf(LineKind.Hopeless.class, kind("GET /CHECK/" + name + "\n"));
    String longer = "x".repeat(5000);
    assertEquals(LIMIT + FirstLine.SURPLUS, http("GET /" + longer + " HTTP/1.1\r\n").length());
    assertInstanceOf(LineKind.Hopeless.class, kind("GET /CHECK/" + longer + "\n"));
  }

  @Test
  void no_line_is_read_for_ever() {
    FirstLine line = new FirstLine(LIMIT);
    ByteBuffer flood = ByteBuffer.allocate(1 << 20);
    assertInstanceOf(LineKind.Unfinished.class, line.add(flood));
    assertInstanceOf(LineKind.Hopeless.class, line.add(bytes("x")));
    FirstLine empty = new FirstLine(LIMIT);
    assertInstanceOf(LineKind.Unfinished.class, empty.add(bytes("\n".repeat(1 << 20))));
    assertInstanceOf(LineKind.Hopeless.class, empty.add(bytes("\n")));
  }
}
