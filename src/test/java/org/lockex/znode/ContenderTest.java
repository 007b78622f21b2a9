package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContenderTest {
  private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05.678Z");

  private static String json(String command) {
    byte[] json = ContenderData.waiting(new Contender("h", 7, "u", command, SINCE, "1.0")).bytes();
    String text = new String(json, UTF_8);
    String start = "{\"host\":\"h\",\"pid\":7,\"user\":\"u\",\"command\":";
    String end = ",\"since\":\"2026-01-02T03:04:05.678Z\",\"version\":\"1.0\"}";
    assertTrue(text.startsWith(start) && text.endsWith(end), text);
    return text.substring(start.length(), text.length() - end.length());
  }

  @Test
  void is_one_json_object() {
    assertEquals("\"echo hi\"", json("echo hi"));
  }

  @Test
  void tells_how_long_it_may_run_behind_its_start_where_1_0_looks_for_that() {
    Contender who = new Contender("h", 7, "u", "c", SINCE, "1");
    Optional<Duration> hour = Optional.of(Duration.ofHours(1));
    byte[] json = ContenderData.running(who, SINCE, 0, hour).bytes();
    String text = new String(json, UTF_8);
    assertTrue(text.contains("\",\"acquired\":\""), text);
    assertTrue(text.endsWith("Z\",\"maxRunMillis\":3600000}"), text);
    assertEquals(hour, ContenderData.read(json).maxRun());
    byte[] negative = text.replace("3600000", "-1").getBytes(UTF_8);
    assertEquals(Optional.empty(), ContenderData.read(negative).maxRun());
  }

  @Test
  void tells_when_the_lock_was_acquired_once_it_was() {
    byte[] json =
        ContenderData.running(
                new Contender("h", 7, "u", "c", SINCE, "1"),
                SINCE.plusSeconds(1),
                0,
                Optional.empty())
            .bytes();
    assertTrue(
        new String(json, UTF_8)
            .endsWith(",\"version\":\"1\",\"acquired\":\"2026-01-02T03:04:06.678Z\"}"));
  }

  @Test
  void tells_every_instant_so_that_it_can_be_read_again() {
    for (String text :
        List.of("2026-01-02T03:04:00Z", "2026-01-02T00:00:00.000000001Z", "1969-12-31T23:59:59Z")) {
      assertEquals(Instant.parse(text), Instant.parse(Timestamps.text(Instant.parse(text))));
    }
  }

  @Test
  void escapes_what_json_and_terminals_cannot_take() {
    assertEquals(
        "\"\\\"\\\\\\n\\r\\t\\u0000\\u001b\\u007f\\u009b\"",
        json("\"\\\n\r\t\0\u001b\u007f\u009b"));
    assertEquals("\"\u00fc\u20ac\ud83d\ude00\"", json("\u00fc\u20ac\ud83d\ude00"));
    assertEquals("\"\ufffd\ufffda\"", json("\ude00\ud83da"));
  }

  @Test
  void shows_bytes_that_are_no_text_replaced() {
    byte[] latin1 = {(byte) 0xdc, 'b'};
    assertEquals("x \ufffdb", Contender.commandLine(List.of(new byte[] {'x'}, latin1)));
  }

  @Test
  void cuts_a_command_line_at_1_KiB_but_never_inside_a_character() throws CharacterCodingException {
    Random random = new Random(2);
    String[] letters = {"a", "\u00fc", "\u20ac", "\ud83d\ude00"};
    for (int i = 0; i < 500; i++) {
      List<byte[]> argv = new ArrayList<>();
      StringBuilder whole = new StringBuilder();
      while (whole.toString().getBytes(UTF_8).length < 1100) {
        StringBuilder word = new StringBuilder();
        for (int n = random.nextInt(200); n > 0; n--) {
          word.append(letters[random.nextInt(4)]);
        }
        whole.append(argv.isEmpty() ? "" : " ").append(word);
        argv.add(word.toString().getBytes(UTF_8));
      }
      String line = Contender.commandLine(argv);
      int bytes = line.getBytes(UTF_8).length;
      assertTrue(bytes <= 1024 && bytes > 1020, "bytes: " + bytes);
      assertTrue(whole.toString().startsWith(line));
    }
    assertEquals("a b", Contender.commandLine(List.of(new byte[] {'a'}, new byte[] {'b'})));
  }

  @Test
  void knows_its_own_host_and_process() {
    Contender contender = Contender.ofThisProcess(List.of(new byte[] {'x'}), SINCE, "1");
    assertEquals(ProcessHandle.current().pid(), contender.pid());
    assertTrue(!contender.host().isEmpty() && !contender.host().contains("\n"));
  }
}
