package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.lockex.cli.LogEvent;
import org.lockex.fixture.Ports;
import org.lockex.fixture.TestZooKeeper;

/** What a program reads on stderr with {@code --log-format json}. */
class LogLinesE2E {
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();

  private List<JsonNode> lines(String program, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(Image.bin(program), "--log-format", "json"));
    command.addAll(List.of(args));
    Image.Result result =
        Image.start(Map.of("ZKHOSTS", zooKeeper.hosts()), new byte[0], command).end();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : result.err().split("\n")) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  private static String events(List<JsonNode> lines) {
    return String.join(
        " ",
        lines.stream()
            .map(line -> line.path("event").asText())
            .filter(event -> !event.equals("detail"))
            .toList());
  }

  @Test
  void a_run_is_told_with_all_that_is_known() throws Exception {
    List<JsonNode> run = lines("lockex", "-v", "-i", "a", "-s", "exit 3");
    assertEquals("connected acquired exited released", events(run));
    JsonNode last = run.getLast();
    assertEquals("lockex", last.path("program").asText());
    assertEquals("/lockex/a", last.path("lock").asText());
    assertTrue(last.path("session").asText().matches("0x[0-9a-f]+"), last::toString);
    assertEquals(3, last.path("code").asInt());
    for (String number : List.of("pid", "token", "waited_ms", "duration_ms")) {
      assertTrue(last.path(number).isIntegralNumber(), last::toString);
    }
    lines("lockex", "--once-per", "1h", "-i", "b", "--", "true");
    List<JsonNode> skipped = lines("lockex", "-v", "--once-per", "1h", "-i", "b", "--", "true");
    assertEquals("connected skipped released", events(skipped));
    try (Lockexd lockexd = new Lockexd("-z", zooKeeper.hosts())) {
      lockexd.acquire("c", 0, 60);
      List<JsonNode> busy = lines("lockex", "-v", "-n", "-i", "c", "--", "true");
      assertEquals("connected busy released", events(busy));
      assertEquals(75, busy.getLast().path("code").asInt());
    }
  }

  @Test
  void the_code_is_that_of_the_line_and_not_of_one_before() throws Exception {
    List<JsonNode> lost =
        lines(
            "lockex",
            "-v",
            "-i",
            "d",
            "-s",
            Image.bin("lockexctl") + " break d --yes --timeout 0 2> /dev/null; exec sleep 60");
    JsonNode fault = lost.getLast();
    assertEquals("fault", fault.path("event").asText(), lost::toString);
    assertEquals(76, fault.path("code").asInt());
  }

  @Test
  void lock_and_code_are_told_wherever_they_are_known() throws Exception {
    assertKnown("/lockex/nosuch", 1, lines("lockexctl", "show", "nosuch"));
    assertKnown("", 1, lines("lockexctl", "ls", "nosuch*"));
    String away = "--zkhosts=127.0.0.1:" + Ports.free();
    assertKnown("/lockex/h", 69, lines("lockexctl", away, "-T1", "hold", "h", "--for", "1s"));
    assertKnown("/lockex/h", 69, lines("lockex", away, "-T1", "-i", "h", "--", "true"));
    assertKnown("", 69, lines("lockexd", away, "-T1", "-l", "127.0.0.1:0"));
    assertKnown("", 69, lines("lockexd", "--embedded", "/proc/none", "-l", "127.0.0.1:0"));
  }

  private static void assertKnown(String lock, int code, List<JsonNode> lines) {
    assertEquals(lock, lines.getLast().path("lock").asText(), lines::toString);
    assertEquals(code, lines.getLast().path("code").asInt(), lines::toString);
  }

  @Test
  void wrong_options_are_objects_too() throws Exception {
    for (String program : List.of("lockex", "lockexctl", "lockexd")) {
      List<JsonNode> lines = lines(program, "--nosuch");
      assertEquals("usage", events(lines));
      assertEquals(64, lines.getFirst().path("code").asInt());
      assertEquals(program, lines.getFirst().path("program").asText());
    }
  }

  @Test
  void the_page_names_each_event() throws Exception {
    String page = Files.readString(Path.of("man/lockex.1.adoc"));
    for (LogEvent event : LogEvent.values()) {
      assertTrue(page.contains("_" + event.text() + "_"), event::text);
    }
  }
}
