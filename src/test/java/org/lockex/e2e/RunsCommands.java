package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

/** What every run of a command under a lock does, whichever server keeps the locks. */
abstract class RunsCommands {
  @TempDir Path folder;

  /** The connect string of a server that is up. */
  abstract String hosts();

  private Image.Result lockex(String... args) {
    return Image.lockex(hosts(), args);
  }

  @Test
  void gives_every_exit_code_of_the_command_back() {
    List<String> wrong =
        IntStream.rangeClosed(0, 255)
            .parallel()
            .mapToObj(this::exits)
            .filter(said -> !said.isEmpty())
            .toList();
    assertEquals(List.of(), wrong);
  }

  /** What is said where the code does not come back; nothing where it does. */
  private String exits(int code) {
    Image.Result result = lockex("-i", "exit-" + code, "--", "sh", "-c", "exit " + code);
    return result.code() == code
        ? ""
        : "%d gave %d after %d ms: %s%s"
            .formatted(code, result.code(), result.took().toMillis(), result.out(), result.err());
  }

  @Test
  void gives_128_plus_n_when_the_command_dies_by_a_signal() {
    for (int signal : List.of(1, 2, 3, 6, 9, 11, 13, 15, 31)) {
      assertEquals(
          128 + signal, lockex("-i", "dies", "--", "sh", "-c", "kill -" + signal + " $$").code());
    }
  }

  @Test
  void passes_a_megabyte_of_any_bytes_through_stdin_and_stdout() {
    byte[] bytes = new byte[1 << 20];
    new Random(1).nextBytes(bytes);
    Image.Result result =
        Image.start(
                Map.of("ZKHOSTS", hosts()),
                bytes,
                List.of(Image.bin("lockex"), "-i", "bytes", "--", "cat"))
            .end();
    assertArrayEquals(bytes, result.stdout());
    assertEquals("", result.err());
    assertEquals(0, result.code());
  }

  @Test
  void keeps_stdout_and_stderr_apart_and_adds_nothing() {
    Image.Result result = lockex("-i", "apart", "--", "sh", "-c", "echo out; echo err >&2; exit 3");
    assertEquals("out\n", result.out());
    assertEquals("err\n", result.err());
    assertEquals(3, result.code());
  }

  @Test
  void hands_arguments_on_byte_for_byte() {
    List<String> args =
        List.of("", " ", "--", "-v", "@file", "a b", "*", "$HOME", "\\", "'", "\"", "--help", "\n");
    List<String> command = new ArrayList<>(List.of(Image.bin("lockex"), "--", "printf", "%s\\0"));
    command.addAll(args);
    Image.Result result = Image.start(Map.of("ZKHOSTS", hosts()), new byte[0], command).end();
    assertEquals(String.join("\0", args) + "\0", result.out());
  }

  @Test
  void hands_latin_1_arguments_on_in_the_c_locale() throws IOException {
    Path script = folder.resolve("latin1.sh");
    Files.write(
        script, "exec lockex -i latin -- printf %s '\u00dcbersicht \u00ff'\n".getBytes(ISO_8859_1));
    Image.Result result = Image.sh(hosts(), "LC_ALL=C LANG=C sh " + script);
    assertArrayEquals("\u00dcbersicht \u00ff".getBytes(ISO_8859_1), result.stdout());
  }

  @Test
  void options_end_at_the_command_or_at_two_dashes() {
    assertEquals("-v\n", lockex("-i", "ends", "echo", "-v").out());
    assertEquals("-- -v\n", lockex("-i", "ends", "--", "echo", "--", "-v").out());
    assertEquals("-- x\n", lockex("-i", "ends", "echo", "--", "x").out());
  }

  @Test
  void tells_the_command_about_its_lock() {
    Image.Result result = lockex("-i", "told", "-p", "/deep/er", "--", "env");
    Map<String, String> env = environment(result.out());
    assertEquals("told", env.get("LOCKEX_ID"));
    assertTrue(env.get("LOCKEX_PATH").startsWith("/deep/er/told"), env.get("LOCKEX_PATH"));
    assertTrue(env.get("LOCKEX_SESSION").startsWith("0x"), env.get("LOCKEX_SESSION"));
    assertTrue(Long.parseLong(env.get("LOCKEX_TOKEN")) > 0);
    assertTrue(Long.parseLong(env.get("LOCKEX_WAITED_MS")) >= 0);
  }

  @Test
  void gives_growing_tokens_to_one_holder_after_another() {
    long last = 0;
    for (int i = 0; i < 5; i++) {
      long token =
          Long.parseLong(
              lockex("-i", "grow", "--", "sh", "-c", "echo $LOCKEX_TOKEN").out().strip());
      assertTrue(token > last, token + " after " + last);
      last = token;
    }
  }

  @Test
  void two_contenders_never_run_together() throws IOException {
    assertTogether("mutex", 1, 8);
  }

  @Test
  void three_of_twenty_run_together_and_all_run() throws IOException {
    assertTogether("semaphore", 3, 20);
  }

  private void assertTogether(String id, int most, int contenders) throws IOException {
    Path log = folder.resolve(id);
    // The first ones end when as many as may run have started; were it fewer, the test would hang.
    String command =
        "echo S >> %1$s; until [ $(grep -c S %1$s) -ge %2$d ]; do sleep 0.02; done; sleep 0.2; echo E >> %1$s"
            .formatted(log, most);
    List<Image.Running> all =
        IntStream.range(0, contenders)
            .mapToObj(
                i -> Image.startLockex(hosts(), "-i", id, "-c", "" + most, "-s", "--", command))
            .toList();
    all.forEach(running -> assertEquals(0, running.end().code()));
    int now = 0;
    int highest = 0;
    int starts = 0;
    for (String line : Files.readAllLines(log)) {
      now += line.equals("S") ? 1 : -1;
      starts += line.equals("S") ? 1 : 0;
      highest = Math.max(highest, now);
    }
    assertEquals(contenders, starts);
    assertEquals(most, highest, "ran at once");
  }

  @Test
  void serves_the_waiting_in_the_order_they_came() throws IOException {
    Path log = folder.resolve("order");
    try (ZooKeeperTree tree = new ZooKeeperTree(hosts())) {
      List<Image.Running> waiting = new ArrayList<>();
      Path gate = folder.resolve("gate");
      Image.Running holder =
          Image.startLockex(
              hosts(),
              "-i",
              "fifo",
              "-s",
              "--",
              "while [ ! -e " + gate + " ]; do sleep 0.05; done");
      for (int i = 0; i < 5; i++) {
        int before = i + 1;
        Poll.until(
            "contender " + i + " is in the queue",
            Duration.ofSeconds(20),
            () -> tree.contenders("/lockex/fifo").size() == before);
        waiting.add(
            Image.startLockex(hosts(), "-i", "fifo", "-s", "--", "echo " + i + " >> " + log));
      }
      Poll.until(
          "all are in the queue",
          Duration.ofSeconds(20),
          () -> tree.contenders("/lockex/fifo").size() == 6);
      Files.createFile(gate);
      waiting.forEach(Image.Running::end);
      holder.end();
      assertEquals(List.of("0", "1", "2", "3", "4"), Files.readAllLines(log));
      assertEquals(List.of(), tree.contenders("/lockex/fifo"));
    }
  }

  @Test
  void a_busy_lock_is_75_or_what_E_says_and_adds_no_byte() {
    whileHeld(
        "busy",
        "1",
        () -> {
          for (List<String> wait :
              List.of(List.of("-t", "0"), List.of("-n"), List.of("-t", "0.3"))) {
            List<String> args = new ArrayList<>(wait);
            args.addAll(List.of("-i", "busy", "--", "echo", "never"));
            Image.Result result = lockex(args.toArray(String[]::new));
            assertEquals(75, result.code());
            assertEquals("", result.out());
            assertEquals("", result.err());
          }
          assertEquals(9, lockex("-n", "-E", "9", "-i", "busy", "--", "true").code());
          assertEquals(0, lockex("-n", "-E", "0", "-i", "busy", "--", "false").code());
        });
  }

  @Test
  void a_timeout_is_kept_to() {
    whileHeld(
        "timeout",
        "1",
        () -> {
          Duration took = lockex("-t", "1.5", "-i", "timeout", "--", "true").took();
          assertTrue(took.compareTo(Duration.ofMillis(1500)) >= 0, took::toString);
        });
  }

  @Test
  void a_semaphore_with_a_free_lease_is_not_busy() {
    whileHeld(
        "leases",
        "2",
        () -> assertEquals(0, lockex("-n", "-c", "2", "-i", "leases", "--", "true").code()));
  }

  @Test
  void another_concurrency_is_refused_while_the_lock_is_in_use() {
    whileHeld(
        "other",
        "1",
        () -> {
          Image.Result result = lockex("-c", "2", "-i", "other", "--", "true");
          assertEquals(78, result.code());
          Image.assertOneLine(result, "lockex: ", "other", "concurrency");
        });
    assertEquals(0, lockex("-c", "2", "-i", "other", "--", "true").code());
  }

  /** Runs {@code body} while somebody holds the lock. */
  private void whileHeld(String id, String concurrency, Runnable body) {
    Path held = folder.resolve(id + "-held");
    Image.Running holder =
        Image.startLockex(
            hosts(), "-i", id, "-c", concurrency, "-s", "--", "touch " + held + "; exec sleep 60");
    try {
      Poll.until("the lock is held", () -> Files.exists(held));
      body.run();
    } finally {
      holder.signal("TERM");
      assertEquals(143, holder.end().code());
    }
  }

  @Test
  void derives_the_id_from_the_command_and_shows_it() {
    String one = lockex("--print-id", "--", "/usr/bin/printf", "a b").out();
    String other = lockex("--print-id", "--", "/usr/bin/printf", "a", "b").out();
    assertTrue(one.matches("printf-[0-9a-f]{16}\n"), one);
    assertNotEquals(one, other);
    assertEquals(one, lockex("--print-id", "-v", "-c", "3", "--", "/usr/bin/printf", "a b").out());
    assertEquals(
        lockex("--print-id", "--", "/bin/sh", "-c", "echo 1").out(),
        lockex("--print-id", "-s", "echo 1").out());
    String told = environment(lockex("env").out()).get("LOCKEX_ID");
    assertEquals(lockex("--print-id", "env").out(), told + "\n");
  }

  @Test
  void says_126_and_127_like_a_shell() throws IOException {
    Path plain = Files.writeString(folder.resolve("plain"), "echo hi\n");
    Image.Result denied = lockex("--", plain.toString());
    assertEquals(126, denied.code());
    Image.assertOneLine(denied, "lockex: ", plain.toString(), "ermission denied");
    Image.Result missing = lockex("--", "/no/such/program", "x");
    assertEquals(127, missing.code());
    Image.assertOneLine(missing, "/no/such/program", "No such file");
    Image.Result script = lockex("--", "echo hi");
    assertEquals(127, script.code());
    Image.assertOneLine(script, "--shell");
    assertTrue(plain.toFile().setExecutable(true));
    assertEquals("hi\n", lockex("--", plain.toString()).out());
  }

  @Test
  void runs_a_script_with_shell() {
    assertEquals("a:b\n", lockex("-s", "echo a:$(echo b)").out());
  }

  @Test
  void leaves_nothing_in_zookeeper_but_a_container() {
    assertEquals(0, lockex("-i", "gone", "--", "true").code());
    assertEquals(0, lockex("-i", "gone", "-c", "2", "--", "true").code());
    try (ZooKeeperTree tree = new ZooKeeperTree(hosts())) {
      assertEquals(List.of(), tree.contenders("/lockex/gone"));
    }
  }

  @Test
  void speaks_json_when_asked() {
    Image.Result result = lockex("--log-format", "json", "--", "/no/such/\"program");
    assertEquals(127, result.code());
    assertTrue(
        result.err().startsWith("{\"time\":\"") && result.err().endsWith("}\n"), result.err());
    assertTrue(result.err().contains("/no/such/\\\"program"), result.err());
  }

  private static Map<String, String> environment(String lines) {
    return lines
        .lines()
        .filter(line -> line.indexOf('=') > 0)
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.indexOf('=')),
                line -> line.substring(line.indexOf('=') + 1),
                (a, b) -> b));
  }
}
