package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;

/** Every signal to lockex comes to the command, whenever it is sent, but for the exceptions. */
class SignalsE2E {
  private static final Duration START = Duration.ofSeconds(60);

  /** KILL, STOP, those of faults, CHLD, those of glibc's threads, the one of the JDK. */
  private static final List<Integer> EXCEPTIONS = List.of(4, 7, 8, 9, 11, 17, 19, 32, 33, 62);

  /** Tells in a file which signals came. */
  private static final String TELLTALE =
      """
      import os, signal, sys, time
      log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
      for number in range(1, 65):
          if number not in (9, 19, 32, 33):
              signal.signal(number, lambda n, frame: os.write(log, b"%d\\n" % n))
      os.write(log, b"ready\\n")
      while True:
          time.sleep(0.05)
      """;

  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper();

  @TempDir Path folder;

  /** Runs a program in a group of its own, and writes its number down. */
  private static final String OTHER_GROUP =
      """
      import os, sys
      os.setpgid(0, 0)
      child = os.fork()
      if child == 0:
          os.setpgid(0, 0)
          os.execv(sys.argv[2], sys.argv[2:])
      with open(sys.argv[1] + ".new", "w") as file:
          file.write(str(child))
      os.rename(sys.argv[1] + ".new", sys.argv[1])
      sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
      """;

  private Image.Running run(String... args) {
    return Image.startLockex(
        server.hosts(),
        Image.with("-i", Image.with(name(), args).toArray(String[]::new)).toArray(String[]::new));
  }

  private String name() {
    return folder.getFileName().toString();
  }

  @Test
  void all_but_the_exceptions_reach_the_command_once_each() throws IOException {
    Path log = folder.resolve("log");
    Image.Running lockex = run("--", "/usr/bin/python3", "-c", TELLTALE, log.toString());
    Poll.until("it runs", START, () -> Files.readString(log).equals("ready\n"));
    List<Integer> sent =
        IntStream.rangeClosed(1, 64).boxed().filter(n -> !EXCEPTIONS.contains(n)).toList();
    for (int signal : sent) {
      Image.kill(Integer.toString(signal), lockex.pid());
      Poll.until(signal + " arrives", START, () -> Files.readAllLines(log).contains("" + signal));
    }
    assertEquals(sent.size() + 1, Files.readAllLines(log).size());
    assertTrue(lockex.process().isAlive());
    lockex.signal("KILL");
    assertEquals("", lockex.end().err());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 14, 24, 29, 30, 31, 34, 64})
  void its_default_effect_is_the_exit_code_and_nothing_is_said(int signal) {
    Path ready = folder.resolve("ready");
    Image.Running lockex = run("-s", "ulimit -c 0; touch " + ready + "; exec sleep 60");
    Poll.until("it runs", START, () -> Files.exists(ready));
    Image.kill(Integer.toString(signal), lockex.pid());
    Image.Result result = lockex.end();
    assertEquals(128 + signal, result.code());
    assertEquals("", result.err());
  }

  @Test
  @Tag("timed") // dozens of starts, whose moments are to be as different as they seem
  void none_of_the_first_400_ms_is_lost_and_nothing_is_said() throws IOException {
    Random random = new Random(14);
    List<String> names = List.of("TERM", "INT", "HUP", "QUIT", "USR1");
    List<Integer> codes = List.of(143, 130, 129, 131, 138);
    int tries = Integer.getInteger("lockex.signals", 60);
    int started = 0;
    for (int i = 0; i < tries; i++) {
      int which = i % names.size();
      Path ran = folder.resolve("ran" + i);
      Image.Running lockex = run("-s", "ulimit -c 0; echo $$ > " + ran + "; exec sleep 60");
      LockSupport.parkNanos(Duration.ofMillis(random.nextInt(400)).toNanos());
      lockex.signal(names.get(which));
      Image.Result result = lockex.end();
      assertEquals(codes.get(which), result.code(), result::err);
      assertEquals("", result.err(), names.get(which));
      if (Files.exists(ran)) {
        started++;
        String pid = Files.readString(ran).strip();
        assertFalse(!pid.isEmpty() && ProcessesE2E.lives(Long.parseLong(pid)), "it lives on");
      }
    }
    assertTrue(started < tries, "no signal came before the start");
    assertEquals(0, run("-t", "9", "true").end().code());
  }

  @Test
  void a_signal_to_the_whole_group_in_the_first_milliseconds_ends_it_as_one() {
    Random random = new Random(15);
    for (int i = 0; i < 20; i++) {
      // timeout(1) leads a group of its own and sends to all of it.
      Image.Result result =
          Image.start(
                  Map.of("ZKHOSTS", server.hosts()),
                  new byte[0],
                  List.of(
                      "/usr/bin/timeout",
                      "0.0%02d".formatted(random.nextInt(100)),
                      Image.bin("lockex"),
                      "-i",
                      name(),
                      "sleep",
                      "60"))
              .end();
      assertEquals(124, result.code(), result::err);
      assertEquals("", result.err());
    }
  }

  @Test
  void SIGCONT_right_after_it_does_not_hide_the_signal_that_ends_the_group() {
    // As timeout(1) and systemd send them. Once it is a JVM, its main is still some time away.
    String both =
        """
        import os, signal, sys
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            os.execv(sys.argv[1], sys.argv[1:])
        while not os.readlink("/proc/%d/exe" % pid).endswith("/java"):
            pass
        os.killpg(pid, signal.SIGPROF)
        os.killpg(pid, signal.SIGCONT)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        sys.exit(status if status >= 0 else 128 - status)
        """;
    for (int i = 0; i < 5; i++) {
      List<String> command =
          Image.with("/usr/bin/python3", "-c", both, Image.bin("lockex"), "-i", name());
      command.addAll(List.of("sleep", "60"));
      Image.Result result =
          Image.start(Map.of("ZKHOSTS", server.hosts()), new byte[0], command).end();
      assertEquals(128 + 27, result.code(), result::err);
      assertEquals("", result.err());
    }
  }

  @Test
  void TERM_comes_through_where_the_command_has_used_up_all_processes() {
    String forks =
        """
        import os, signal
        children = 0
        try:
            while True:
                if os.fork() == 0:
                    signal.pause()
        except OSError:
            print("refused", flush=True)
            signal.pause()
        """;
    Path ready = folder.resolve("ready");
    Image.Running lockex =
        Image.start(
            Map.of("ZKHOSTS", server.hosts()),
            new byte[0],
            List.of(
                "/usr/bin/setpriv",
                "--reuid=41414",
                "--regid=41414",
                "--clear-groups",
                "prlimit",
                "--nproc=60",
                Image.bin("lockex"),
                "-i",
                name(),
                "-s",
                "/usr/bin/python3 -c '" + forks + "' > " + ready));
    ready.toFile().getParentFile().setWritable(true, false);
    ready.toFile().getParentFile().setExecutable(true, false);
    Poll.until("it is refused", START, () -> Files.readString(ready).equals("refused\n"));
    lockex.signal("TERM");
    Image.Result result = lockex.end();
    assertEquals(143, result.code(), result::err);
    assertEquals("", result.err());
  }

  @Test
  void a_signal_ignored_at_the_start_is_the_commands_if_it_comes_to_take_it() throws IOException {
    Path log = folder.resolve("log");
    Image.Running lockex =
        Image.startSh(
            server.hosts(),
            "trap '' HUP; exec lockex -i %s -- /usr/bin/python3 -c '%s' %s"
                .formatted(name(), TELLTALE, log));
    Poll.until("it runs", START, () -> Files.readString(log).equals("ready\n"));
    lockex.signal("HUP");
    Poll.until("HUP arrives", START, () -> Files.readString(log).equals("ready\n1\n"));
    lockex.signal("KILL");
    lockex.end();
  }

  @Test
  void the_stop_signal_ends_the_command_when_somebody_wants_the_lock() {
    Path ready = folder.resolve("ready");
    Image.Running lockex =
        run(
            "--stop-signal",
            "SIGQUIT",
            "-s",
            "trap 'exit 5' TERM; trap 'echo quit; exit 6' QUIT; touch "
                + ready
                + "; while :; do sleep 0.05; done");
    Poll.until("it runs", START, () -> Files.exists(ready));
    Image.Result asked =
        Image.start(
                Map.of("ZKHOSTS", server.hosts()),
                new byte[0],
                List.of(Image.bin("lockexctl"), "break", "--yes", name()))
            .end();
    assertEquals(0, asked.code(), asked::err);
    Image.Result result = lockex.end();
    assertEquals(76, result.code());
    assertEquals("quit\n", result.out());
  }

  @Test
  void the_stop_signal_from_outside_counts_for_kill_after() {
    Path ready = folder.resolve("ready");
    Image.Running lockex =
        run(
            "--stop-signal",
            "QUIT",
            "-k",
            "0.2",
            "-s",
            "trap '' QUIT; touch " + ready + "; exec sleep 60");
    Poll.until("it runs", START, () -> Files.exists(ready));
    lockex.signal("QUIT");
    assertEquals(137, lockex.end().code());
  }

  @Test
  void a_waiting_lockex_stops_and_goes_on_like_any_program() throws IOException {
    Path held = folder.resolve("held");
    Image.Running holder = run("-s", "touch " + held + "; exec sleep 60");
    Poll.until("held", START, () -> Files.exists(held));
    // A group whose parent is in its session but not in it: the kernel stops no orphaned one.
    Image.Running shell =
        Image.start(
            Map.of("ZKHOSTS", server.hosts()),
            new byte[0],
            List.of(
                "/usr/bin/python3",
                "-c",
                OTHER_GROUP,
                folder + "/pid",
                Image.bin("lockex"),
                "--session-timeout",
                "20s",
                "-i",
                name(),
                "true"));
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      Poll.until("it waits", START, () -> tree.contenders("/lockex/" + name()).size() == 2);
    }
    long waiting = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
    Image.kill("TSTP", waiting);
    Poll.until("it is stopped", START, () -> state(waiting) == 'T');
    Image.kill("CONT", waiting);
    Poll.until("it goes on", START, () -> state(waiting) != 'T');
    holder.signal("TERM");
    assertEquals(143, holder.end().code());
    assertEquals(0, shell.end().code());
  }

  @Test
  void a_stop_that_was_continued_before_lockex_came_to_it_stops_nothing() {
    String program =
        """
        import signal, subprocess, sys, time
        for i in range(25):
            lockex = subprocess.Popen(sys.argv[1:], process_group=0)
            time.sleep(0.008 * i)
            lockex.send_signal(signal.SIGTSTP)
            time.sleep(0.02)
            lockex.send_signal(signal.SIGCONT)
            lockex.wait(30)
        """;
    Image.Result result =
        Image.start(
                Map.of("ZKHOSTS", server.hosts()),
                new byte[0],
                List.of(
                    "/usr/bin/python3", "-c", program, Image.bin("lockex"), "-i", name(), "true"))
            .end();
    assertEquals(0, result.code(), result::err);
  }

  @Test
  void the_end_of_the_command_is_seen_where_CHLD_was_ignored_at_the_start() {
    for (String shell : List.of("/bin/sh", "/bin/bash --posix")) {
      Image.Result result =
          Image.start(
                  Map.of("ZKHOSTS", server.hosts()),
                  new byte[0],
                  List.of(
                      "/usr/bin/env",
                      "--ignore-signal=CHLD",
                      "/bin/sh",
                      "-c",
                      "exec "
                          + shell
                          + " "
                          + Image.bin("lockex")
                          + " -i "
                          + name()
                          + " sh -c 'exit 7'"))
              .end();
      assertEquals(7, result.code(), result::err);
    }
  }

  private static char state(long pid) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/stat")).replaceAll(".*\\) ", "").charAt(0);
  }
}
