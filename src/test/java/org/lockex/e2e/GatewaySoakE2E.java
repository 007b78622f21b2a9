package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

/**
 * Three lockexds over three ZooKeeper servers, all of which are killed, stopped and cut off at
 * random, with clients and commands at the same locks. {@code -Dlockex.soak.minutes}, which {@code
 * src/bench/soak gateways} sets, says how long.
 */
class GatewaySoakE2E {
  private static final Integer MINUTES = Integer.getInteger("lockex.soak.minutes");
  private static final int GATEWAYS = 3;
  private static final int SERVERS = 3;
  private static final int CLIENTS = 12;
  private static final int CONTENDERS = 2;
  private static final List<String> LOCKS =
      List.of("soak0", "soak1", "soak2", "soak3", "soak4", "soak5", "soak6");

  /** Grants that nobody releases before the end, so that there is something to load and to lose. */
  private static final int STANDING = 200;

  private final SoakEvidence evidence = new SoakEvidence();
  private final AtomicBoolean faultsDone = new AtomicBoolean();
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicInteger runs = new AtomicInteger();
  private final List<SoakGateway> gateways = new ArrayList<>();
  private final List<SoakClient.Granted> standing = new ArrayList<>();
  private DebianEnsemble ensemble;

  @TempDir Path folder;

  private interface Work {
    void run() throws Exception;
  }

  @AfterEach
  void end() throws Exception {
    done.set(true);
    faultsDone.set(true);
    for (SoakGateway gateway : gateways) {
      gateway.close();
    }
    if (ensemble != null) {
      ensemble.close();
    }
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.DAYS)
  void one_lock_is_one_lock_and_a_grant_is_a_promise_whatever_happens() throws Exception {
    ensemble = new DebianEnsemble(1000);
    for (int i = 0; i < GATEWAYS; i++) {
      gateways.add(new SoakGateway(ensemble, evidence));
    }
    Duration length = MINUTES == null ? Duration.ofSeconds(8) : Duration.ofMinutes(MINUTES);
    takeStanding(length.toSeconds() + 600.0);
    List<Lockexd> lockexds = gateways.stream().map(SoakGateway::lockexd).toList();
    List<Thread> users = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      users.add(
          Thread.ofVirtual()
              .start(new SoakClient("client " + i, lockexds, LOCKS, evidence, done)::run));
    }
    for (int i = 0; i < CONTENDERS; i++) {
      users.add(start(this::contend));
    }
    users.add(start(this::askForStanding));
    List<Thread> faults = List.of(start(this::gatewayFaults), start(this::serverFaults));
    Thread.sleep(length);
    faultsDone.set(true);
    join(faults);
    int granted = evidence.counted("grants");
    Poll.until("grants go on", () -> evidence.counted("grants") >= granted + 20);
    done.set(true);
    join(users);
    readCommands();
    releaseStanding();
    for (SoakGateway gateway : gateways) {
      Poll.until("nothing is left", () -> left(gateway.lockexd()) == 0);
      gateway.end();
    }
    report(length);
    assertEquals(List.of(), evidence.faults());
    assertTrue(evidence.counted("commands") > 0, "no command ran");
  }

  private Thread start(Work work) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            work.run();
          } catch (Exception | AssertionError e) {
            evidence.fault("the test itself: " + e);
          }
        });
  }

  private static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static int random(int bound) {
    return ThreadLocalRandom.current().nextInt(bound);
  }

  private Lockexd anyGateway() {
    return gateways.get(random(GATEWAYS)).lockexd();
  }

  private void gatewayFaults() throws Exception {
    while (!faultsDone.get()) {
      Thread.sleep(random(1500));
      gateways.get(random(GATEWAYS)).fault();
    }
  }

  private void serverFaults() throws Exception {
    while (!faultsDone.get()) {
      Thread.sleep(1000 + random(4000));
      int server = random(SERVERS);
      if (random(2) == 0) {
        ensemble.kill(server);
        Thread.sleep(random(2000));
        ensemble.restart(server);
        evidence.count("fault: server killed");
      } else {
        ensemble.signal(server, "STOP");
        Thread.sleep(100 + random(4000));
        ensemble.signal(server, "CONT");
        evidence.count("fault: server stopped");
      }
    }
  }

  private void takeStanding(double lifetime) throws Exception {
    for (int i = 0; i < STANDING; i++) {
      String lock = "standing" + i;
      long asked = System.nanoTime();
      HttpResponse<String> answer = gateways.get(i % GATEWAYS).lockexd().acquire(lock, 5, lifetime);
      assertEquals(201, answer.statusCode(), answer.body());
      standing.add(SoakClient.Granted.of(lock, answer, asked, lifetime));
    }
  }

  private void askForStanding() throws Exception {
    while (!done.get()) {
      Thread.sleep(20);
      try {
        SoakClient.demandHeld(anyGateway(), standing.get(random(STANDING)), evidence);
      } catch (java.io.IOException e) {
        evidence.count("requests cut");
      }
    }
  }

  /** Nothing happens any more, so each is there and is released with one request. */
  private void releaseStanding() throws Exception {
    for (SoakGateway gateway : gateways) {
      Poll.until("ready", gateway.lockexd()::ready);
    }
    for (SoakClient.Granted granted : standing) {
      SoakClient.demandHeld(anyGateway(), granted, evidence);
      int status = anyGateway().send("DELETE", granted.path(), "").statusCode();
      if (status == 204) {
        evidence.count("standing grants at the end");
      } else {
        evidence.fault("release of the standing " + granted + ": " + status);
      }
    }
  }

  /** Commands at two of the locks. */
  private void contend() {
    while (!done.get()) {
      String lock = LOCKS.get(random(2));
      String script =
          "for i in {1..%d}; do echo \"%s %d $LOCKEX_TOKEN ${EPOCHREALTIME/./}\" >>%s; sleep 0.02; done"
              .formatted(2 + random(30), lock, runs.incrementAndGet(), folder.resolve("ticks"));
      String[] words = {
        "--session-timeout", "2s", "-k", "1", "-t", "5", "-i", lock, "--", "bash", "-c", script
      };
      Image.Result result = Image.startLockex(ensemble.hosts(), words).end();
      evidence.count("lockex ended with " + result.code());
      if (result.code() == 70 || result.err().contains("Exception")) {
        evidence.fault("lockex: " + result.code() + " " + result.err());
      }
    }
  }

  private void readCommands() throws Exception {
    Map<String, SoakEvidence.Hold> byRun = new LinkedHashMap<>();
    for (String line : Files.readAllLines(folder.resolve("ticks"))) {
      String[] words = line.split(" ");
      long at = Long.parseLong(words[3]);
      byRun.merge(
          words[1],
          new SoakEvidence.Hold(words[0], "run " + words[1], Long.parseLong(words[2]), at, at),
          (a, b) -> new SoakEvidence.Hold(a.lock(), a.who(), a.token(), a.first(), b.last()));
    }
    byRun.values().forEach(evidence::held);
    byRun.values().forEach(hold -> evidence.count("commands"));
  }

  private static int left(Lockexd lockexd) throws Exception {
    return lockexd.send("GET", "/resources", "").body().split("\"name\"", -1).length - 1;
  }

  private void report(Duration length) {
    if (MINUTES != null) {
      System.out.printf(
          "%d minutes, shortest pause between two holds of a lock %.3f ms%n",
          length.toMinutes(), evidence.shortestPause() / 1e3);
      evidence.counts().forEach((what, count) -> System.out.println(what + ": " + count));
      System.out.println("what must not be: " + evidence.faults());
    }
  }
}
