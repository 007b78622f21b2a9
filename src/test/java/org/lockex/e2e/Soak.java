package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

/**
 * Random faults for a long time; run by {@code src/bench/soak}, not by {@code mvn verify}. {@code
 * -Dlockex.soak.minutes} says how long, {@code -Dlockex.soak.seed} repeats a run.
 */
class Soak {
  private static final int CONTENDERS = 5;
  private static final String ID = "soak";

  private final Random random = new Random(Long.getLong("lockex.soak.seed", System.nanoTime()));
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger runs = new AtomicInteger();
  private final Map<Integer, Image.Running> contenders = new ConcurrentHashMap<>();
  private final Map<String, Integer> faults = new TreeMap<>();
  private final Map<Integer, Integer> codes = new ConcurrentHashMap<>();

  @TempDir Path folder;

  @Test
  @Timeout(value = 1, unit = TimeUnit.DAYS)
  void no_two_commands_run_at_once_whatever_happens() throws Exception {
    Path log = folder.resolve("ticks");
    Duration length = Duration.ofSeconds(60L * Integer.getInteger("lockex.soak.minutes", 1));
    try (DebianEnsemble ensemble = new DebianEnsemble()) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < CONTENDERS; i++) {
        int number = i;
        threads.add(Thread.ofPlatform().start(() -> contend(number, ensemble, log)));
      }
      long end = System.nanoTime() + length.toNanos();
      while (System.nanoTime() < end) {
        fault(ensemble);
        pause(500 + random.nextInt(2500));
      }
      over.set(true);
      for (int i = 0; i < 3; i++) {
        ensemble.proxy(i).heal();
      }
      for (Thread thread : threads) {
        while (thread.isAlive()) {
          contenders.values().forEach(running -> running.signal("CONT"));
          contenders.values().forEach(running -> running.signal("TERM"));
          thread.join(1000);
        }
      }
      report(ensemble, log);
    }
  }

  private void contend(int number, DebianEnsemble ensemble, Path log) {
    Random own = new Random(number);
    while (!over.get()) {
      List<String> hosts = new ArrayList<>(List.of(ensemble.hosts().split(",")));
      Collections.shuffle(hosts, own);
      int run = runs.incrementAndGet();
      List<String> args =
          List.of(
              "--session-timeout",
              "4s",
              "-k",
              "1",
              "-i",
              ID,
              "--",
              "bash",
              "-c",
              "end=$((SECONDS + 1 + %d)); while [ $SECONDS -lt $end ]; do echo \"%d ${EPOCHREALTIME/./}\" >> %s; sleep 0.02; done"
                  .formatted(own.nextInt(6), run, log));
      Image.Running running =
          Image.startLockex(String.join(",", hosts), args.toArray(String[]::new));
      contenders.put(number, running);
      codes.merge(waitFor(running), 1, Integer::sum);
    }
  }

  /** A contender behind a fault may wait for minutes. */
  private static int waitFor(Image.Running running) {
    try {
      return running.process().waitFor();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void fault(DebianEnsemble ensemble) {
    int server = random.nextInt(3);
    Image.Running victim = contenders.get(random.nextInt(CONTENDERS));
    switch (random.nextInt(7)) {
      case 0 -> silence(ensemble, server);
      case 1 -> {
        for (int i = 0; i < 3; i++) {
          ensemble.proxy(i).goSilent();
        }
        pause(500 + random.nextInt(6000));
        for (int i = 0; i < 3; i++) {
          ensemble.proxy(i).heal();
        }
        count("all servers silent");
      }
      case 2 -> {
        ensemble.proxy(server).reset();
        count("connections reset");
      }
      case 3 -> {
        ensemble.kill(server);
        pause(random.nextInt(4000));
        ensemble.restart(server);
        count("server killed and restarted");
      }
      case 4 -> {
        if (victim != null) {
          victim.signal("KILL");
        }
        count("lockex killed");
      }
      case 5 -> {
        if (victim != null) {
          victim.signal("STOP");
          pause(500 + random.nextInt(6000));
          victim.signal("CONT");
        }
        count("lockex stopped");
      }
      default -> {
        if (victim != null) {
          victim.signal("TERM");
        }
        count("lockex terminated");
      }
    }
  }

  private void silence(DebianEnsemble ensemble, int server) {
    ensemble.proxy(server).goSilent();
    pause(500 + random.nextInt(6000));
    ensemble.proxy(server).heal();
    count("one server silent");
  }

  private void count(String fault) {
    faults.merge(fault, 1, Integer::sum);
  }

  private void report(DebianEnsemble ensemble, Path log) throws IOException {
    record Run(String name, long first, long last) {}
    Map<String, Run> byName = new LinkedHashMap<>();
    for (String line : Files.readAllLines(log)) {
      String[] words = line.split(" ");
      long at = Long.parseLong(words[1]);
      byName.merge(words[0], new Run(words[0], at, at), (a, b) -> new Run(a.name, a.first, b.last));
    }
    List<Run> all = new ArrayList<>(byName.values());
    all.sort(Comparator.comparingLong(Run::first));
    long worst = -Long.MAX_VALUE;
    long lastOfAll = all.getFirst().last;
    for (Run run : all.subList(1, all.size())) {
      worst = Math.max(worst, lastOfAll - run.first);
      lastOfAll = Math.max(lastOfAll, run.last);
    }
    List<String> nodes;
    try (ZooKeeperTree tree = new ZooKeeperTree(ensemble.hosts())) {
      Poll.until(
          "the queue is empty",
          Duration.ofSeconds(30),
          () -> tree.contenders("/lockex/" + ID).isEmpty());
      nodes = tree.contenders("/lockex/" + ID);
    }
    List<String> processes = leftovers(log);
    System.out.printf(
        "contenders started: %d, commands that ran: %d%nfaults: %s%nexit codes: %s%n"
            + "worst overlap: %s ms (negative: the shortest pause between two commands)%n"
            + "leftovers: %d znodes, %d processes%n",
        runs.get(), all.size(), faults, codes, worst / 1000.0, nodes.size(), processes.size());
    assertTrue(worst < 0, "two commands ran at once");
    assertEquals(List.of(), processes);
  }

  /** Processes that still write to the log. */
  private static List<String> leftovers(Path log) throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(path -> path.getFileName().toString().matches("[0-9]+"))
          .map(Soak::commandLine)
          .filter(line -> line.contains(log.toString()) && line.startsWith("bash"))
          .toList();
    }
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"));
    } catch (IOException e) {
      return "";
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
