package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {
  private static Optional<JsonObject> parse(String text) {
    return JsonObject.parse(text.getBytes(UTF_8));
  }

  @Test
  void reads_what_nodes_hold() {
    JsonObject json =
        parse(
                """
                {"host":"a\\"\\\\\\n\\u00fc ü","pid":-4711, "big":9223372036854775807,
                 "x":1.5e3,"t":true,"n":null,"half":0.5,"huge":99999999999999999999,"list":[1,{"a":[]},"b"],"in":{"deep":"er"}, "e":{}}
                """)
            .orElseThrow();
    assertEquals(Optional.of("a\"\\\n\u00fc \u00fc"), json.text("host"));
    assertEquals(Optional.of(-4711L), json.number("pid"));
    assertEquals(Optional.of(Long.MAX_VALUE), json.number("big"));
    assertEquals(Optional.of("er"), json.object("in").flatMap(in -> in.text("deep")));
    assertEquals(Optional.empty(), json.number("host"));
    assertEquals(Optional.empty(), json.text("pid"));
    assertEquals(Optional.empty(), json.text("n"));
    assertEquals(Optional.of(1500L), json.number("x"));
    assertEquals(Optional.empty(), json.number("half"));
    assertEquals(Optional.empty(), json.number("huge"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "x",
        "{",
        "{}x",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":\"b}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\u12zz\"}",
        "{\"a\":tru}",
        "{\"a\":--1}",
        "{\"a\":[1}",
        "__REVOKE__"
      })
  void takes_nothing_else(String text) {
    assertEquals(Optional.empty(), parse(text));
  }

  @Test
  void does_not_follow_a_bottomless_nesting() {
    assertEquals(Optional.empty(), parse("{\"a\":" + "[".repeat(100_000)));
  }

  @Test
  void every_byte_string_is_an_object_or_none() {
    byte[] data = "{\"host\":\"h\",\"pid\":1,\"in\":{\"a\":[true]}}".getBytes(UTF_8);
    for (int i = 0; i < data.length; i++) {
      for (int b = 0; b < 256; b++) {
        byte[] changed = data.clone();
        changed[i] = (byte) b;
        assertTrue(JsonObject.parse(changed).stream().count() <= 1);
      }
    }
  }
}
