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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Programs;
import org.lockex.fixture.TestZooKeeper;

/** What systemd's journal, a real one in a name space of its own, keeps of what is said. */
class JournalE2E {
  /** A program as systemd would start it, with stderr in the journal. */
  private static final String UNIT =
      """
      unit() {
        systemd-cat -t unit bash -c 'export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2)
          export SYSTEMD_EXEC_PID=$$; exec "$@"' unit "$@" || true
      }
      """;

  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();
  @TempDir Path folder;

  @BeforeEach
  void programs() {
    Programs.require("/usr/lib/systemd/systemd-journald", "journalctl", "systemd-cat");
  }

  /** Runs a script beside a journal; the journal's entries of our programs and their scripts. */
  private List<JsonNode> entries(String script) throws Exception {
    Files.writeString(
        folder.resolve("script"),
        """
        mount -t tmpfs tmpfs /run
        mkdir -p /run/systemd/journal /run/log/journal
        /usr/lib/systemd/systemd-journald > journald 2>&1 &
        journald=$!
        until [ -S /run/systemd/journal/stdout ]; do sleep 0.02; done
        %s
        %s
        journalctl --sync
        journalctl -o json _TRANSPORT=journal + _TRANSPORT=stdout
        kill $journald
        """
            .formatted(UNIT, script));
    Image.Result result =
        Image.start(
                Map.of("ZKHOSTS", zooKeeper.hosts(), "PATH", Image.bin("") + ":/usr/bin:/bin"),
                new byte[0],
                List.of(
                    "unshare",
                    "--mount",
                    "--pid",
                    "--fork",
                    "--kill-child",
                    "--mount-proc",
                    "--wd",
                    folder.toString(),
                    "bash",
                    "-eu",
                    "script"))
            .end();
    assertEquals("", result.err());
    List<JsonNode> entries = new ArrayList<>();
    for (String line : result.out().lines().toList()) {
      entries.add(new ObjectMapper().readTree(line));
    }
    return entries;
  }

  private static String field(JsonNode entry, String name) {
    return entry.path(name).asText();
  }

  @Test
  void a_unit_s_lines_have_fields() throws Exception {
    List<JsonNode> entries =
        entries(
            """
            unit lockex -v -i a -s 'echo said >&2; exit 3'
            unit lockexctl --nosuch
            unit lockexd -l 127.0.0.1:0 -z 127.0.0.1:1 -T 1
            """);
    JsonNode last =
        entries.stream()
            .filter(entry -> field(entry, "LOCKEX_EVENT").equals("released"))
            .findFirst()
            .orElseThrow();
    assertEquals("lockex", field(last, "SYSLOG_IDENTIFIER"));
    assertEquals("6", field(last, "PRIORITY"));
    assertEquals("/lockex/a", field(last, "LOCKEX_LOCK"));
    assertEquals("3", field(last, "LOCKEX_CODE"));
    assertTrue(field(last, "LOCKEX_TOKEN").matches("[0-9]+"), last::toString);
    assertTrue(field(last, "LOCKEX_SESSION").matches("0x[0-9a-f]+"), last::toString);
    JsonNode said =
        entries.stream()
            .filter(entry -> field(entry, "MESSAGE").equals("said"))
            .findFirst()
            .orElseThrow();
    assertEquals("stdout", field(said, "_TRANSPORT"));
    JsonNode usage =
        entries.stream()
            .filter(entry -> field(entry, "SYSLOG_IDENTIFIER").equals("lockexctl"))
            .findFirst()
            .orElseThrow();
    assertEquals("usage", field(usage, "LOCKEX_EVENT"));
    assertEquals("64", field(usage, "LOCKEX_CODE"));
    assertEquals("3", field(usage, "PRIORITY"));
    assertTrue(
        entries.stream().anyMatch(entry -> field(entry, "SYSLOG_IDENTIFIER").equals("lockexd")),
        entries::toString);
  }

  /** Such a process may be gone when the journal asks which unit it was of. */
  @Test
  void below_a_unit_s_script_they_are_lines_as_everywhere() throws Exception {
    List<JsonNode> entries =
        entries(
            """
            unit bash -c 'lockex -n -i a -- /no/such/program; true'
            unit bash -c 'export SYSTEMD_EXEC_PID=$$; exec lockex -i a -- /no/such/program 2> err' || true
            unit lockex --log-format json -n -i a -- /no/such/program
            """);
    List<String> said =
        entries.stream()
            .filter(entry -> field(entry, "_TRANSPORT").equals("stdout"))
            .map(entry -> field(entry, "MESSAGE"))
            .toList();
    assertEquals(2, said.size(), entries::toString);
    assertTrue(said.get(0).startsWith("lockex: "), said::toString);
    assertTrue(said.get(1).startsWith("{\"time\""), said::toString);
    assertTrue(Files.readString(folder.resolve("err")).startsWith("lockex: "));
  }

  @Test
  void nothing_is_lost_where_the_journal_takes_no_entry() throws Exception {
    List<JsonNode> entries =
        entries("rm /run/systemd/journal/socket; unit lockex -n -i a -- /no/such/program");
    assertTrue(
        entries.stream().anyMatch(entry -> field(entry, "MESSAGE").startsWith("lockex: ")),
        entries::toString);
  }
}
