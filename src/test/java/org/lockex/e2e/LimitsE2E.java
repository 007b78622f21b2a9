package org.lockex.e2e;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;

/** Where the machine gives little, lockex runs as the command would, or says so in one line. */
class LimitsE2E {
  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper();

  @TempDir Path folder;

  private Image.Result sh(String script) {
    return Image.sh(server.hosts(), script);
  }

  /** Python runs what takes more arguments than a test's own process may have in one string. */
  private Image.Result python(String script) {
    return Image.start(
            Map.of("ZKHOSTS", server.hosts(), "L", Image.bin("lockex"), "I", name()),
            new byte[0],
            List.of("/usr/bin/python3", "-c", "import os, subprocess, sys\n" + script))
        .end();
  }

  private String name() {
    return folder.getFileName().toString();
  }

  private static void assertIs(int code, String out, Image.Result result) {
    assertEquals(out, result.out(), result::err);
    assertEquals(code, result.code(), result::err);
    assertEquals("", result.err());
  }

  @Test
  void seventy_thousand_file_names_reach_the_command() {
    assertIs(
        0,
        "70000 file-0070000\n",
        sh(
            "exec lockex -i %s -- sh -c 'shift 69999; echo $((69999 + $#)) $1' x $(seq -f file-%%07.0f 70000)"
                .formatted(name())));
  }

  @Test
  void the_longest_argument_and_an_environment_of_1500_kB_reach_the_command() {
    assertIs(
        0,
        "131071 1500000 b\n",
        python(
            """
            env = dict(os.environ, **{"BIG%d" % i: "x" * 100000 for i in range(15)})
            env["a.b"] = "b"
            told = 'import os, sys; e = os.environ; print(len(sys.argv[1]), sum(len(v) for k, v in e.items() if k.startswith("BIG")), e["a.b"])'
            os.execve(env["L"], ["lockex", "-i", env["I"], "--", sys.executable, "-c", told, "z" * 131071], env)
            """));
  }

  @ParameterizedTest
  @CsvSource({"arguments", "environment"})
  void what_execve_takes_works_up_to_16_KiB_below_the_limit_and_is_126_beyond(String where) {
    Image.Result result =
        python(
            """
            def run(kib, program):
                words = ["y" * 1015] * kib
                env = {n: os.environ[n] for n in ("ZKHOSTS", "PATH", "L", "I")}
                if %s:
                    words, env = [], dict(env, **{"V%%05d" %% i: "y" * 1008 for i in range(kib)})
                try:
                    return subprocess.run(program + words, env=env, capture_output=True, text=True)
                except OSError:
                    return None
            low, high = 100, 10000
            while low < high:
                middle = (low + high + 1) // 2
                low, high = (middle, high) if run(middle, ["/bin/true"]) else (low, middle - 1)
            lockex = [os.environ["L"], "-i", os.environ["I"], "--", "/bin/true"]
            for less in (16, 12, 8, 4, 2, 1):
                r = run(low - less, lockex)
                if r is None:
                    continue # not even the shell of the launcher can be executed
                if not (r.returncode == 0 and r.stderr == "" or less < 16 and r.returncode == 126 and r.stderr.count("\\n") == 1):
                    print(less, r.returncode, r.stderr[:300])
            print("done")
            """
                .formatted(where.equals("environment") ? "True" : "False"));
    assertIs(0, "done\n", result);
  }

  @Test
  void a_deleted_working_directory_is_the_commands() {
    Image.Result result =
        sh(
            "mkdir %1$s/gone; cd %1$s/gone; rmdir ../gone; exec lockex -i %2$s -- readlink /proc/self/cwd"
                .formatted(folder, name()));
    assertEquals(folder + "/gone (deleted)\n", result.out(), result::err);
    assertEquals(0, result.code());
    // The launcher's shell speaks before its first line. lockex has nothing to add.
    assertFalse(result.err().contains("java"), result::err);
    assertTrue(result.err().lines().count() <= 1, result::err);
  }

  @Test
  void a_deleted_working_directory_with_no_descriptor_free_for_the_launcher_is_one_line_and_70() {
    String open = IntStream.rangeClosed(3, 9).mapToObj(n -> n + "</dev/null ").collect(joining());
    Image.Result result =
        sh(
            "mkdir %1$s/gone; cd %1$s/gone; rmdir ../gone; exec lockex -i %2$s true %3$s"
                .formatted(folder, name(), open));
    assertEquals(70, result.code(), result::err);
    // The launcher's shell speaks before its first line.
    assertEquals(2, result.err().lines().count(), result::err);
    assertTrue(result.err().contains("deleted, and descriptors 3 to 9"), result::err);
  }

  @Test
  void a_working_directory_that_may_not_be_searched_is_the_commands() {
    Image.Result result =
        asOther(
            "os.chdir(sys.argv[1]); os.chmod(sys.argv[1], 0)",
            1000,
            "/bin/readlink",
            "/proc/self/cwd");
    assertIs(0, folder + "\n", result);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10, 20})
  void too_few_processes_are_one_line_and_70(int processes) {
    Image.Result result = asOther("", processes, "/bin/true");
    assertEquals(70, result.code(), result::err);
    Image.assertOneLine(result, "lockex: start ", "process");
  }

  @Test
  void sixty_processes_are_enough() {
    assertIs(0, "ok\n", asOther("", 60, "/bin/echo", "ok"));
  }

  /** As a user who may have so many processes, in a folder of his own, after this Python. */
  private Image.Result asOther(String before, int processes, String... command) {
    List<String> words = Image.with("/usr/bin/python3", "-c");
    words.add(
        "import os, resource, sys\n%s\nresource.setrlimit(resource.RLIMIT_NPROC, (%2$d, %2$d))\n"
                .formatted(before, processes)
            + "os.setgroups([]); os.setgid(41415); os.setuid(41415)\n"
            + "os.execv(sys.argv[2], sys.argv[2:])");
    words.addAll(List.of(folder.toString(), Image.bin("lockex"), "-i", name(), "--"));
    words.addAll(List.of(command));
    return Image.start(Map.of("ZKHOSTS", server.hosts()), new byte[0], words).end();
  }

  @Test
  @Tag("timed") // half a second without the processor is the end of such a lease
  void a_session_of_one_second_holds_a_lock_for_longer() {
    try (DebianZooKeeper fast = new DebianZooKeeper(500)) {
      Image.Result result =
          Image.lockex(fast.hosts(), "--session-timeout", "1s", "-s", "sleep 3; echo held");
      assertIs(0, "held\n", result);
    }
  }

  @Test
  void it_runs_in_600_MB_of_address_space() {
    assertIs(0, "ok\n", sh("ulimit -v 600000; exec lockex -i %s echo ok".formatted(name())));
  }

  @Test
  void it_runs_in_100_MB_of_data() {
    assertIs(0, "ok\n", sh("ulimit -d 100000; exec lockex -i %s echo ok".formatted(name())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-v 100000",
        "-v 200000",
        "-d 20000",
        "-d 40000",
        "-s 64",
        "-n 12",
        "-n 13",
        "-n 14"
      })
  void less_than_it_needs_is_one_line_and_70(String limit) {
    Image.Result result = sh("ulimit %s; exec lockex -i %s echo ok".formatted(limit, name()));
    assertEquals(70, result.code(), result::err);
    Image.assertOneLine(result, "lockex", ":");
    assertTrue(result.took().compareTo(Duration.ofSeconds(5)) < 0, "it hangs");
  }

  /** The image at another place: its parts are links. */
  private Path image(String name) throws IOException {
    Path image = Files.createDirectories(folder.resolve(name));
    for (String part : List.of("bin", "lib", "runtime")) {
      Files.createSymbolicLink(image.resolve(part), Image.HOME.resolve(part));
    }
    return image;
  }

  private Image.Result runs(Path image) {
    return sh(
        "export LC_ALL=C; exec '%s/bin/lockex' -i %s -- sh -c 'echo $LC_ALL'"
            .formatted(image, name()));
  }

  @Test
  void a_path_may_have_any_letters_whatever_the_locale() throws IOException {
    assertIs(0, "C\n", runs(image("\u00fcber uns (x)")));
    assertIs(0, "C\n", runs(image("a=b")));
  }

  @Test
  void a_path_with_a_colon_and_a_missing_part_are_one_line_and_70() throws IOException {
    Image.Result colon = runs(image("a:b"));
    assertEquals(70, colon.code());
    Image.assertOneLine(colon, "lockex: start ", "colon");
    Path image = image("part");
    Files.delete(image.resolve("runtime"));
    Files.createDirectories(image.resolve("runtime/lib/server"));
    for (String part : List.of("bin", "lib/modules", "lib/libjli.so", "lib/libjava.so")) {
      Files.createSymbolicLink(
          image.resolve("runtime").resolve(part), Image.HOME.resolve("runtime").resolve(part));
    }
    Image.Result missing = runs(image);
    assertEquals(70, missing.code());
    Image.assertOneLine(missing, "lockex: start ", "libjvm.so is missing");
  }

  @Test
  void a_crash_of_the_runtime_prints_no_pages_and_takes_the_command_along() throws IOException {
    Path pid = folder.resolve("pid");
    Image.Running lockex =
        Image.startLockex(
            server.hosts(), "-i", name(), "-s", "echo $$ $PPID > " + pid + "; exec sleep 300");
    Poll.until("it runs", () -> Files.readString(pid).endsWith("\n"));
    String[] pids = Files.readString(pid).strip().split(" ");
    assertEquals(lockex.pid(), Long.parseLong(pids[1]), "lockex keeps the pid it was started with");
    lockex.signal("SEGV");
    Image.Result result = lockex.end();
    assertTrue(result.err().lines().count() <= 1, result::err);
    assertTrue(result.code() != 0);
    Poll.until("the command is dead", () -> !ProcessesE2E.lives(Long.parseLong(pids[0])));
  }
}
