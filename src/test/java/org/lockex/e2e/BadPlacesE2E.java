package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Programs;

/**
 * Where a Java runtime does not start, or not well, all three programs do, or say so in one line.
 * What lockex needs for its command beside that is in {@link LimitsE2E}.
 */
class BadPlacesE2E {
  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper();

  @TempDir Path folder;

  private Image.Result sh(String script) {
    return Image.sh(server.hosts(), script);
  }

  private Image.Result inDeletedFolder(String script) {
    return sh("mkdir %1$s/gone; cd %1$s/gone; rmdir ../gone; ".formatted(folder) + script);
  }

  @Test
  void lockexctl_works_in_a_deleted_working_directory() {
    Image.Result result =
        inDeletedFolder(
            "h=$(lockexctl hold gone --for 1h); lockexctl release $h; echo $?; lockexctl check gone; lockexctl release $h; echo $?");
    List<String> lines = result.out().lines().toList();
    assertEquals("0", lines.get(0), result::err);
    assertTrue(lines.get(1).startsWith("OK: gone free"), result::out);
    assertEquals("1", lines.get(2), result::out);
    assertFalse(result.err().contains("java"), result::err);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lockex true", "lockexctl ls", "lockexd"})
  void a_relative_name_in_a_deleted_working_directory_is_one_line_and_70(String program) {
    Path image = Path.of(Image.bin("lockex")).toAbsolutePath();
    Path there = folder.resolve("there").toAbsolutePath();
    Image.Result result =
        sh(
            "mkdir %s; cd %s; rmdir %s; exec %s/%s"
                .formatted(there, there, there, there.relativize(image.getParent()), program));
    assertEquals(70, result.code(), result::err);
    List<String> lines = result.err().lines().toList();
    assertEquals(2, lines.size(), result::err); // the first is the shell's own
    assertTrue(lines.get(1).contains(": the working directory is deleted"), result::err);
  }

  @ParameterizedTest
  @CsvSource({
    "lockex --log-format json -- true, true",
    "lockex -v --log-format=json id true, true",
    "lockex id true --log-format json, false",
    "lockex -v id true --log-format json, false",
    "lockexctl show x --log-format json, true",
  })
  void the_form_of_the_line_is_what_the_program_is_asked_for(String command, boolean json) {
    Image.Result result = sh("ulimit -v 200000; exec " + command);
    assertEquals(70, result.code(), result::err);
    assertEquals(json, result.err().startsWith("{"), result::err);
  }

  @Test
  void lockexd_starts_in_a_deleted_working_directory_and_makes_nothing_elsewhere() {
    String name = "no-such-" + folder.getFileName();
    Image.Result result =
        inDeletedFolder("lockexd --embedded " + name + "; echo $?; ls -d /" + name);
    assertEquals("69\n", result.out(), result::err);
    assertTrue(result.err().contains("lockexd: start ZooKeeper on "), result::err);
    assertFalse(result.err().contains("java"), result::err);
  }

  @ParameterizedTest
  @CsvSource({
    "lockexctl check x, -v 300000",
    "lockexctl check x, -d 50000",
    "lockexctl check x, -s 64",
    "lockexctl check x, -n 14",
    "lockexd -z 127.0.0.1:1 -T 1 -l 127.0.0.1:0, -v 800000",
    "lockexd -z 127.0.0.1:1 -T 1 -l 127.0.0.1:0, -d 50000",
    "lockexd -z 127.0.0.1:1 -T 1 -l 127.0.0.1:0, -s 64",
    "lockexd -z 127.0.0.1:1 -T 1 -l 127.0.0.1:0, -n 16",
  })
  void less_than_it_needs_is_one_line_and_70(String program, String limit) {
    Image.Result result = sh("ulimit %s; exec %s".formatted(limit, program));
    assertEquals(70, result.code(), result::err);
    Image.assertOneLine(result, "start ", "(ulimit " + limit.substring(0, 2) + ")");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lockexctl check x", "lockexd -z 127.0.0.1:1 -T 1 -l 127.0.0.1:0"})
  void too_few_processes_are_one_line_and_70(String program) {
    Image.Result result =
        sh("exec prlimit --nproc=5:5 setpriv --reuid 41416 --clear-groups " + program);
    assertEquals(70, result.code(), result::err);
    Image.assertOneLine(result, "start ", "(ulimit -u)");
  }

  @Test
  void lockexctl_and_the_server_of_local_run_with_little() throws Exception {
    String little = "ulimit -v 320000; ulimit -d 130000; ulimit -s 128; ulimit -n 18; ";
    Image.Result result = sh(little + "exec lockexctl check x");
    assertEquals(0, result.code(), result::err);
    assertTrue(result.out().startsWith("OK: x free"), result::out);
    assertEquals("", result.err());
    try (LocalUser user = LocalUser.make()) {
      Image.Running local =
          user.start(
              Map.of("HOME", user.home().toString()),
              List.of(
                  "sh",
                  "-c",
                  "ulimit -v 600000; exec " + Image.bin("lockex") + " --local echo ok"));
      assertEquals("ok\n", local.end().out(), local.end()::err);
    }
  }

  @Test
  void lockexd_serves_with_little_and_takes_no_file_for_a_closed_stdin() throws Exception {
    Path log = folder.resolve("log");
    Image.Running lockexd =
        Image.startSh(
            server.hosts(),
            "ulimit -v 900000; ulimit -d 600000; ulimit -s 128; ulimit -n 100; exec lockexd -v -l 127.0.0.1:0 2>%s <&-"
                .formatted(log));
    Poll.until(
        "ready or over",
        () ->
            !lockexd.process().isAlive()
                || (Files.exists(log) && Files.readString(log).contains("ready")));
    assertTrue(lockexd.process().isAlive(), Files.readString(log));
    Path stdin = Path.of("/proc", Long.toString(lockexd.pid()), "fd/0");
    assertEquals(Path.of("/dev/null"), Files.readSymbolicLink(stdin));
    lockexd.signal("TERM");
    assertEquals(0, lockexd.end().code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lockex --print-id -- x",
        "lockex --help",
        "lockex --version",
        "lockex -V -v",
        "lockexctl --help",
        "lockexctl ls",
        "lockexd --version"
      })
  void what_cannot_be_written_on_a_closed_stdout_is_one_line_and_70(String command) {
    Image.Result result = sh("exec " + command + " >&-");
    assertEquals(70, result.code(), result::err);
    Image.assertOneLine(result, "write on standard output: Bad file descriptor");
  }

  @Test
  void a_closed_stdout_is_closed_for_the_command() {
    Image.Result result = sh("exec lockex -i shut -- test ! -e /proc/self/fd/1 >&-");
    assertEquals(0, result.code(), result::err);
    assertEquals("", result.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lockex --log-format json -- true",
        "lockexctl ls --log-format=json",
        "lockexd --log-format json"
      })
  void what_keeps_the_runtime_from_starting_is_an_object_where_one_is_asked_for(String command)
      throws Exception {
    Image.Result result = sh("ulimit -v 200000; exec " + command);
    assertEquals(70, result.code());
    JsonNode line = new ObjectMapper().readTree(result.err());
    assertEquals("error", line.path("level").asText());
    assertEquals(command.substring(0, command.indexOf(' ')), line.path("program").asText());
    assertEquals("fault", line.path("event").asText());
    assertEquals(70, line.path("code").asInt());
    assertTrue(line.path("pid").asInt() > 1);
    assertTrue(line.path("message").asText().startsWith("start " + Image.HOME), line::toString);
    assertTrue(line.path("message").asText().endsWith("(ulimit -v)"), line::toString);
  }

  @Test
  void a_command_that_takes_json_asks_for_no_object_and_a_path_with_quotes_breaks_none()
      throws Exception {
    Image.Result text = sh("ulimit -v 200000; exec lockex -- x --log-format json");
    Image.assertOneLine(text, "lockex: start ");
    Path image = Files.createDirectory(folder.resolve("a\"b\\c"));
    for (String part : List.of("bin", "lib", "runtime")) {
      Files.createSymbolicLink(image.resolve(part), Image.HOME.resolve(part));
    }
    Image.Result quoted =
        sh("ulimit -v 200000; exec '%s/bin/lockex' --log-format json -- true".formatted(image));
    assertEquals(
        "start the Java runtime: too little memory is allowed (ulimit -v)",
        new ObjectMapper().readTree(quoted.err()).path("message").asText());
  }

  @Test
  void shellcheck_finds_nothing_in_the_launchers() throws Exception {
    Programs.require("shellcheck");
    Process shellcheck =
        new ProcessBuilder(
                "shellcheck",
                "-s",
                "sh",
                "src/main/launcher/lockex",
                "src/main/launcher/local-server")
            .redirectErrorStream(true)
            .start();
    assertEquals("", new String(shellcheck.getInputStream().readAllBytes(), UTF_8));
    assertEquals(0, shellcheck.waitFor());
  }
}
