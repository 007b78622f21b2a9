package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.FakedClock;
import org.lockex.fixture.Poll;

/** Once per period for a whole fleet, and holding on: what cron jobs use. */
class CronE2E {
  /** Runs that count, after which the fleet has shown what it does. */
  private static final int ENOUGH = 4;

  private static final Duration LONGEST = Duration.ofMinutes(4);

  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper(500);

  @TempDir Path folder;

  private static Image.Result lockex(String... args) {
    return Image.lockex(server.hosts(), args);
  }

  @Test
  void a_job_of_the_same_words_in_another_directory_is_skipped_but_not_silently(@TempDir Path home)
      throws Exception {
    for (String directory : List.of("a", "b")) {
      Path job = Files.createDirectory(home.resolve(directory)).resolve("job");
      Files.writeString(job, "#!/bin/sh\necho ran in " + directory + "\n");
      Files.setPosixFilePermissions(job, PosixFilePermissions.fromString("rwx------"));
    }
    String once = "lockex --once-per 1h -- ./job";
    assertEquals("ran in a\n", Image.sh(server.hosts(), "cd " + home + "/a; " + once).out());
    Image.Result here = Image.sh(server.hosts(), "cd " + home + "/a; " + once);
    assertEquals("", here.out() + here.err());
    Image.Result there = Image.sh(server.hosts(), "cd " + home + "/b; " + once);
    assertEquals("", there.out());
    assertEquals(0, there.code());
    Image.assertOneLine(there, "skipped", home + "/a/job", home + "/b/job", "-i");
    String named = "lockex --once-per 1h -i own-name -v -- ./job";
    assertEquals("ran in b\n", Image.sh(server.hosts(), "cd " + home + "/b; " + named).out());
    Image.Result again = Image.sh(server.hosts(), "cd " + home + "/a; " + named);
    assertFalse(again.err().contains("skipped because"), again.err());
    String told = "lockex -v -- ./job";
    Image.Result derived = Image.sh(server.hosts(), "cd " + home + "/a; " + told);
    assertTrue(derived.err().contains("derived from the relative path ./job"), derived.err());
  }

  @Test
  void runs_once_in_a_period_and_again_after_it() {
    assertEquals("ran\n", lockex("--once-per", "1h", "-i", "once", "--", "echo", "ran").out());
    Image.Result second = lockex("--once-per", "1h", "-i", "once", "--", "echo", "ran");
    assertEquals("", second.out() + second.err());
    assertEquals(0, second.code());
    Image.Result third =
        lockex(
            "--once-per", "1h", "--skip-exit-code", "9", "-v", "-i", "once", "--", "echo", "ran");
    assertEquals(9, third.code());
    assertTrue(third.err().contains("nothing to do, the command ran "), third::err);
    assertEquals("ran\n", lockex("--once-per", "1ms", "-i", "once", "--", "echo", "ran").out());
  }

  @Test
  void a_failed_run_does_not_count_but_an_attempt_does() {
    assertEquals(3, lockex("--once-per", "1h", "-i", "fails", "-s", "exit 3").code());
    assertEquals("ran\n", lockex("--once-per", "1h", "-i", "fails", "-s", "echo ran").out());
    String[] attempt = {"--once-per", "1h", "--once-per-attempt", "-i", "attempt", "-s", "exit 3"};
    assertEquals(3, lockex(attempt).code());
    assertEquals(0, lockex(attempt).code());
  }

  @Test
  void lockexctl_tells_the_last_run_and_forgets_it() {
    lockex("--once-per", "1h", "-i", "told", "-s", "sleep 1");
    for (String command : List.of("lockexctl ls told", "lockexctl show told")) {
      String text = Image.sh(server.hosts(), command).out();
      assertTrue(text.matches("(?s).*, exit 0, took [1-9].*"), text);
    }
    assertEquals(0, Image.sh(server.hosts(), "lockexctl forget told").code());
    String left = Image.sh(server.hosts(), "lockexctl ls --json told").out();
    assertFalse(left.contains("lastRun"), left);
    assertEquals("ran\n", lockex("--once-per", "1h", "-i", "told", "--", "echo", "ran").out());
  }

  @Test
  void the_options_go_together_or_are_refused() {
    for (List<String> wrong :
        List.of(
            List.of("--once-per-attempt"),
            List.of("--skip-exit-code", "3"),
            List.of("--once-per", "0"),
            List.of("--once-per", "1h", "-c", "2"),
            List.of("--hold", "x"))) {
      List<String> args = new ArrayList<>(wrong);
      args.addAll(List.of("--", "true"));
      Image.Result result = lockex(args.toArray(String[]::new));
      assertEquals(64, result.code(), wrong::toString);
      Image.assertOneLine(result, wrong.getFirst());
    }
  }

  @Test
  void hold_keeps_the_lock_after_the_command_has_ended() {
    Image.Result result = lockex("--hold", "2", "-i", "hold", "-s", "exit 5");
    assertEquals(5, result.code());
    assertTrue(result.took().compareTo(Duration.ofSeconds(2)) >= 0, () -> "" + result.took());
    Image.Result longer = lockex("--hold", "0.1", "-i", "hold", "-s", "sleep 1");
    assertTrue(longer.took().compareTo(Duration.ofSeconds(1)) >= 0, () -> "" + longer.took());
  }

  @Test
  void a_signal_ends_the_holding() {
    Path ran = folder.resolve("ran");
    Image.Running holding =
        Image.startLockex(server.hosts(), "--hold", "600", "-i", "held", "-s", "echo > " + ran);
    Poll.until("ran", () -> Files.exists(ran));
    assertEquals(75, lockex("-n", "-i", "held", "--", "true").code());
    holding.signal("TERM");
    Image.Result result = holding.end();
    assertEquals(0, result.code());
    assertEquals(0, lockex("-n", "-i", "held", "--", "true").code());
  }

  /**
   * The command starts after the instant that counts: on a busy machine that can be seconds. Who
   * took no notice of the period would start at once, because somebody always waits.
   */
  private static final double LATE = 4;

  /** A run as its command saw it, in seconds of the machine's uptime. */
  private record Run(long lockex, double start, boolean succeeded) {}

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ten_contenders_with_skewed_clocks_run_once_per_period_while_they_are_killed(boolean attempt)
      throws Exception {
    double period = 5;
    Path log = Files.createFile(folder.resolve("runs"));
    // /proc/uptime is what no skewed clock changes; $PPID is lockex.
    String script =
        "read t _ < /proc/uptime; sleep 0.$(($$ % 5)); code=$(( $$ % 4 == 0 )); "
            + "echo $PPID $t $code >> "
            + log
            + "; exit $code";
    Set<Long> killed = ConcurrentHashMap.newKeySet();
    Set<Long> alive = ConcurrentHashMap.newKeySet();
    long end = System.nanoTime() + LONGEST.toNanos();
    CountDownLatch over = new CountDownLatch(1);
    List<Thread> fleet = new ArrayList<>();
    for (int host = 0; host < 10; host++) {
      Map<String, String> servers = Map.of("ZKHOSTS", server.hosts());
      String clock = "FAKETIME=" + (host - 5) * 7919 + "s";
      List<String> lockex = new ArrayList<>(List.of(Image.bin("lockex"), "-i", "fleet-" + attempt));
      lockex.addAll(
          List.of(
              "-t", "20", "-E", "0", "--session-timeout", "3", "--once-per", (int) period + "s"));
      if (attempt) {
        lockex.add("--once-per-attempt");
      }
      lockex.addAll(List.of("-s", "--", script));
      List<String> command = FakedClock.command(clock, lockex);
      fleet.add(
          Thread.startVirtualThread(() -> {
            while (over.getCount() > 0) {
              Image.Running running = Image.start(servers, new byte[0], command);
              alive.add(running.pid());
              running.process().onExit().join();
              alive.remove(running.pid());
              LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
            }
          }));
    }
    Random random = new Random();
    while (System.nanoTime() < end && counted(runs(log), attempt).size() < ENOUGH) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2000 + random.nextInt(6000)));
      List<Long> pids = List.copyOf(alive);
      if (!pids.isEmpty()) {
        long victim = pids.get(random.nextInt(pids.size()));
        killed.add(victim);
        Image.kill("KILL", victim);
      }
    }
    over.countDown();
    for (Thread host : fleet) {
      host.join();
    }
    check(runs(log), period, attempt, killed);
    checkRecord("fleet-" + attempt, period, attempt);
  }

  /** By the servers' time, which no load delays: from each run that counts a whole period. */
  private static void checkRecord(String id, double period, boolean attempt) throws Exception {
    String history = Image.sh(server.hosts(), "lockexctl history " + id + " --json").out();
    Instant later = Instant.MAX;
    for (String line : history.split("\n")) {
      JsonNode run = new ObjectMapper().readTree(line);
      Instant started = Instant.parse(run.path("started").asText());
      if (attempt || run.path("exit").asInt(-1) == 0) {
        assertFalse(started.plusSeconds((long) period).isAfter(later), history);
        later = started;
      }
    }
    assertTrue(later.isBefore(Instant.MAX), history);
  }

  private static List<Run> runs(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .map(line -> line.split(" "))
        .map(f -> new Run(Long.parseLong(f[0]), Double.parseDouble(f[1]), f[2].equals("0")))
        .sorted((a, b) -> Double.compare(a.start(), b.start()))
        .toList();
  }

  private static List<Run> counted(List<Run> all, boolean attempt) {
    return all.stream().filter(run -> attempt || run.succeeded()).toList();
  }

  private static void check(List<Run> all, double period, boolean attempt, Set<Long> killed) {
    List<Run> counted = counted(all, attempt);
    assertTrue(counted.size() >= ENOUGH, () -> "in " + LONGEST + ": " + all);
    for (int i = 0; i < counted.size(); i++) {
      int excused = 0;
      for (int j = i + 1; j < Math.min(counted.size(), i + 4); j++) {
        excused += !attempt && killed.contains(counted.get(j - 1).lockex()) ? 1 : 0;
        double least = (j - i - excused) * period - LATE;
        double seen = counted.get(j).start() - counted.get(i).start();
        assertTrue(seen >= least, seen + " " + all + " killed " + killed);
      }
    }
  }
}
