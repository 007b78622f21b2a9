package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;

/** Nothing outlives the lock: whatever the command starts, and however lockex is ended. */
class ProcessesE2E {
  private static final Duration START = Duration.ofSeconds(60);

  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper();

  @TempDir Path folder;

  /** Each writes the pids of two processes of its own to a file and then lasts. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "exec sh -c 'echo $$ $$ > PIDS; exec sleep 300'",
        "sh -c 'echo $$ >> PIDS; exec sleep 300' | sh -c 'echo $$ >> PIDS; exec cat'",
        "exec timeout 1h sh -c 'echo $PPID $$ > PIDS; exec sleep 300'",
        "setsid sh -c 'echo $PPID $$ > PIDS; exec sleep 300' & wait",
        "exec bash -c 'set -m; sh -c \"echo \\$PPID \\$\\$ > PIDS; exec sleep 300\" & wait'",
        "(setsid sh -c 'echo $$ >> PIDS; exec sleep 300' &) ; echo $$ >> PIDS; exec sleep 300"
      })
  @Tag("timed")
  void kill_9_of_lockex_takes_every_process_along(String script) throws IOException {
    Path pids = folder.resolve("pids");
    Image.Running lockex = run("-s", script.replace("PIDS", pids.toString()));
    try {
      Poll.until("two pids", START, () -> pids(pids).size() == 2);
    } catch (AssertionError e) {
      lockex.signal("KILL");
      throw new AssertionError(lockex.end().toString(), e);
    }
    List<Long> of = pids(pids);
    assertTrue(of.stream().allMatch(ProcessesE2E::lives), "they run");
    lockex.signal("KILL");
    long killed = System.nanoTime();
    Poll.until(
        "all are dead", Duration.ofSeconds(5), () -> of.stream().noneMatch(ProcessesE2E::lives));
    long took = (System.nanoTime() - killed) / 1_000_000;
    assertTrue(took < 300, () -> "took " + took + " ms");
    assertEquals(137, lockex.end().code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sleep 300 & echo $! >> PIDS; sleep 300 & echo $! >> PIDS",
        "setsid sh -c 'echo $$ >> PIDS; exec sleep 300' & sh -c 'echo $$ >> PIDS; while :; do sleep"
            + " 1; done' &",
        "(setsid sh -c 'echo $$ >> PIDS; exec sleep 300' &); (setsid sh -c 'echo $$ >> PIDS; exec"
            + " sleep 300' &)"
      })
  void what_the_command_leaves_is_gone_before_the_lock_is_free(String script) throws IOException {
    Path pids = Files.createFile(folder.resolve("pids"));
    Path gate = folder.resolve("gate");
    // What it leaves lasts for a second after its end, unless it is killed sooner.
    Image.Running lockex =
        run(
            "-k",
            "1",
            "-s",
            "trap '' TERM\n"
                + script.replace("PIDS", pids.toString())
                + "\nuntil [ -e "
                + gate
                + " ]; do sleep 0.01; done; exit 5");
    Poll.until("it has left two processes", START, () -> pids(pids).size() == 2);
    Image.Running next =
        run("-s", "for p in %s; do kill -0 $p && exit 9; done; exit 0".formatted(words(pids)));
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      Poll.until("the next one waits", START, () -> tree.contenders(path()).size() == 2);
    }
    Files.createFile(gate);
    assertEquals(5, lockex.end().code());
    Image.Result after = next.end();
    assertEquals(0, after.code(), after::err);
  }

  @Test
  @Tag("timed")
  void a_command_that_ignores_TERM_may_take_its_time_but_not_with_kill_after() {
    Path ready = folder.resolve("ready");
    String stubborn = "trap '' TERM; touch " + ready + "; sleep 1; sleep 1; exit 4";
    Image.Running patient = run("-s", stubborn);
    Poll.until("it runs", START, () -> Files.exists(ready));
    patient.signal("TERM");
    assertEquals(4, patient.end().code());
    assertTrue(ready.toFile().delete());
    Image.Running strict = run("-k", "0.3", "-s", stubborn.replace("sleep 1", "sleep 20"));
    Poll.until("it runs", START, () -> Files.exists(ready));
    long asked = System.nanoTime();
    strict.signal("TERM");
    assertEquals(137, strict.end().code());
    assertTrue(System.nanoTime() - asked < 5_000_000_000L);
  }

  @Test
  void signals_reach_the_command_once_each() throws IOException {
    Path log = folder.resolve("log");
    String script =
        Stream.of("HUP", "USR1", "USR2", "WINCH", "CONT", "INT", "TERM")
                .map(name -> "trap 'echo " + name + " >> " + log + "' " + name)
                .reduce("", (a, b) -> a + b + "; ")
            + "touch "
            + folder.resolve("ready")
            + "; while :; do sleep 0.05; done";
    Image.Running lockex = run("-k", "60", "--", "bash", "-c", script);
    Poll.until("it runs", START, () -> Files.exists(folder.resolve("ready")));
    List<String> sent = List.of("HUP", "USR1", "USR2", "WINCH", "CONT", "INT", "TERM");
    for (String name : sent) {
      lockex.signal(name);
      Poll.until(
          name + " arrives",
          START,
          () -> Files.exists(log) && Files.readString(log).contains(name));
    }
    assertEquals(sent, Files.readAllLines(log));
    lockex.signal("KILL");
    lockex.end();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM:143", "INT:130", "HUP:129", "USR1:138", "USR2:140"})
  void a_signal_that_ends_the_command_is_its_exit_code(String signal) {
    String name = signal.substring(0, signal.indexOf(':'));
    int code = Integer.parseInt(signal.substring(signal.indexOf(':') + 1));
    Path ready = folder.resolve("ready");
    Image.Running lockex =
        run(
            "--",
            "/usr/bin/python3",
            "-c",
            "import signal,time\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\nopen('"
                + ready
                + "','w')\ntime.sleep(60)");
    Poll.until("it runs", START, () -> Files.exists(ready));
    lockex.signal(name);
    assertEquals(code, lockex.end().code());
    assertFree();
  }

  @Test
  void a_waiting_contender_leaves_at_once_and_leaves_nothing() {
    Path held = folder.resolve("held");
    Image.Running holder = run("-s", "touch " + held + "; exec sleep 60");
    Poll.until("held", START, () -> Files.exists(held));
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      for (Map.Entry<String, Integer> signal :
          Map.of("TERM", 143, "INT", 130, "HUP", 129).entrySet()) {
        Image.Running waiting = run("--", "touch", folder.resolve("never").toString());
        Poll.until("it waits", START, () -> tree.contenders(path()).size() == 2);
        waiting.signal(signal.getKey());
        assertEquals(signal.getValue(), waiting.end().code());
        assertEquals(1, tree.contenders(path()).size());
      }
    }
    assertFalse(Files.exists(folder.resolve("never")));
    holder.signal("TERM");
    holder.end();
  }

  @Test
  void two_TERMs_and_then_a_KILL_leave_nothing() throws IOException {
    Path pids = folder.resolve("pids");
    Image.Running lockex =
        run("-s", "trap 'echo got' TERM; echo $$ $PPID > " + pids + "; while :; do sleep 1; done");
    Poll.until("it runs", START, () -> pids(pids).size() == 2);
    lockex.signal("TERM");
    lockex.signal("TERM");
    lockex.signal("KILL");
    lockex.end();
    long command = pids(pids).getFirst();
    Poll.until("it is dead", Duration.ofSeconds(5), () -> !lives(command));
    assertFree();
  }

  @Test
  void a_dead_guard_ends_the_command_with_70() throws IOException {
    Path pids = folder.resolve("pids");
    Image.Running lockex = run("-s", "echo $$ > " + pids + "; exec sleep 300");
    Poll.until("it runs", START, () -> pids(pids).size() == 1);
    long command = pids(pids).getFirst();
    long group =
        Long.parseLong(
            Files.readString(Path.of("/proc/" + command + "/stat"))
                .replaceAll(".*\\) ", "")
                .split(" ")[2]);
    Image.kill("KILL", group);
    Image.Result result = lockex.end();
    assertEquals(70, result.code());
    Image.assertOneLine(result, "lockex: ", "guard");
    assertFalse(lives(command));
    assertFree();
  }

  @Test
  void a_waiting_lockex_whose_guard_dies_makes_a_new_one() {
    Path held = folder.resolve("held");
    Image.Running holder = run("-s", "touch " + held + "; exec sleep 60");
    Poll.until("held", START, () -> Files.exists(held));
    Path pid = folder.resolve("pid");
    Image.Running waiting = run("-s", "echo $$ > " + pid + "; exec sleep 60");
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      Poll.until("it waits", START, () -> tree.contenders(path()).size() == 2);
    }
    for (int i = 0; i < 2; i++) {
      Poll.until("it has a guard", START, () -> guards(waiting).size() == 1);
      long guard = guards(waiting).getFirst();
      Image.kill("KILL", guard);
      Poll.until("another guard", START, () -> !guards(waiting).contains(guard));
    }
    Poll.until("it has a guard", START, () -> guards(waiting).size() == 1);
    holder.signal("TERM");
    holder.end();
    Poll.until("the command runs", START, () -> pids(pid).size() == 1);
    waiting.signal("KILL");
    Poll.until("the new guard ends the command", START, () -> !lives(pids(pid).getFirst()));
    waiting.end();
  }

  private static List<Long> guards(Image.Running lockex) {
    return lockex.process().children().map(ProcessHandle::pid).filter(ProcessesE2E::lives).toList();
  }

  @Test
  void nothing_of_a_run_is_left_in_the_process_table() {
    List<Image.Running> all =
        IntStream.range(0, 5)
            .mapToObj(
                i -> Image.startLockex(server.hosts(), "-i", "table" + i, "--", "sleep", "0.1"))
            .toList();
    List<Long> pids = all.stream().map(Image.Running::pid).toList();
    all.forEach(running -> assertEquals(0, running.end().code()));
    assertTrue(
        ProcessHandle.allProcesses()
            .noneMatch(p -> p.parent().map(parent -> pids.contains(parent.pid())).orElse(false)));
  }

  private Image.Running run(String... args) {
    List<String> all =
        new ArrayList<>(List.of("-i", folder.getFileName().toString(), "--session-timeout", "10s"));
    all.addAll(List.of(args));
    return Image.startLockex(server.hosts(), all.toArray(String[]::new));
  }

  private String path() {
    return "/lockex/" + folder.getFileName();
  }

  /** The lock can be had now; a session that lockex could not end itself may take its timeout. */
  private void assertFree() {
    assertEquals(
        0,
        Image.lockex(server.hosts(), "-t", "20", "-i", folder.getFileName().toString(), "true")
            .code());
  }

  private static String words(Path file) throws IOException {
    return Files.readString(file).replace('\n', ' ');
  }

  private static List<Long> pids(Path file) {
    try {
      return Files.exists(file)
          ? Stream.of(Files.readString(file).strip().split("\\s+"))
              .filter(word -> !word.isEmpty())
              .map(Long::valueOf)
              .toList()
          : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether a process runs; a zombie does not. */
  static boolean lives(long pid) {
    try {
      return !Files.readString(Path.of("/proc/" + pid + "/stat"))
          .replaceAll(".*\\) ", "")
          .startsWith("Z");
    } catch (IOException e) {
      return false;
    }
  }
}
