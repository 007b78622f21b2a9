package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.lockex.fixture.Poll;

/**
 * Two lockexds and clients that take locks at one and release them at the other without a pause, so
 * that a crash at any moment hits grants, waits and releases. Nothing may be granted twice or get
 * lost.
 */
final class LockexdFleet implements AutoCloseable {
  private static final int CLIENTS = 12;

  /** Few, so that somebody waits at each all the time. */
  private static final int RESOURCES = 3;

  private static final double LIFETIME = 4;

  /** What a killed client connection, a restart and an election may take together. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Map<String, AtomicInteger> inside = new ConcurrentHashMap<>();
  private final Map<String, Long> tokens = new ConcurrentHashMap<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicInteger grants = new AtomicInteger();
  private final AtomicInteger cut = new AtomicInteger();
  private final List<Lockexd> gateways = new ArrayList<>();
  private final List<Thread> clients = new ArrayList<>();
  private int crashes;

  LockexdFleet(String hosts) throws Exception {
    for (int i = 0; i < RESOURCES; i++) {
      inside.put("crash" + i, new AtomicInteger());
      tokens.put("crash" + i, 0L);
    }
    for (int i = 0; i < 2; i++) {
      gateways.add(
          new Lockexd("-z", hosts, "--session-timeout", "1s", "--admin-userpass-file", "yes"));
    }
    for (int i = 0; i < CLIENTS; i++) {
      Lockexd near = gateways.get(i % 2);
      Lockexd far = gateways.get(1 - i % 2);
      clients.add(Thread.ofVirtual().start(() -> client(near, far)));
    }
  }

  /** Kills and restarts, both gateways side by side, so that at times none is there. */
  void crash(int times) throws Exception {
    AtomicInteger left = new AtomicInteger(times);
    List<Thread> killers = new ArrayList<>();
    for (Lockexd victim : gateways) {
      killers.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (left.getAndDecrement() > 0) {
                    Thread.sleep(ThreadLocalRandom.current().nextInt(800));
                    victim.crash();
                    said(victim);
                    victim.restart();
                  }
                } catch (Exception | AssertionError e) {
                  faults.add("restart: " + e);
                }
              }));
    }
    for (Thread killer : killers) {
      killer.join();
    }
    crashes += times;
  }

  /** A stack trace tells of a mistake of ours. */
  private void said(Lockexd gateway) {
    String said = gateway.said();
    if (said.contains("Exception")) {
      faults.add(said);
    }
  }

  /** Returns when so many more locks have been granted. */
  void awaitGrants(int more) {
    int enough = grants.get() + more;
    Poll.until(more + " more grants", PATIENCE, () -> grants.get() >= enough);
  }

  /** Lets the clients end; fails if anything went wrong, or anything is left behind. */
  void end() throws Exception {
    done.set(true);
    for (Thread client : clients) {
      client.join();
    }
    if (System.getProperty("lockex.crashes") != null) {
      System.out.printf(
          "lockexd killed %d times, %d grants, %d requests cut, faults: %s%n",
          crashes, grants.get(), cut.get(), faults);
    }
    for (Lockexd gateway : gateways) {
      assertEquals(0, gateway.stop());
      said(gateway);
      gateway.restart();
    }
    assertEquals(List.of(), List.copyOf(faults));
    // What nobody was told of ends with its lifetime, and who waited at a dead one with its
    // session.
    Poll.until("nothing is left", PATIENCE, () -> left(gateways.getFirst()) == 0);
  }

  private static int left(Lockexd lockexd) throws Exception {
    return lockexd.send("GET", "/resources", "").body().split("\"name\"", -1).length - 1;
  }

  private void client(Lockexd near, Lockexd far) {
    while (!done.get()) {
      String resource = "crash" + ThreadLocalRandom.current().nextInt(RESOURCES);
      try {
        HttpResponse<String> answer = near.acquire(resource, 5, LIFETIME);
        if (answer.statusCode() == 201) {
          hold(resource, answer, far);
        } else if (answer.statusCode() != 408 && answer.statusCode() != 503) {
          faults.add("status " + answer.statusCode() + " " + answer.body());
        }
      } catch (IOException e) {
        // It was killed while we waited, and is back in a moment.
        cut.incrementAndGet();
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Leaves the processor to a gateway that starts. */
  private static void pause() {
    LockSupport.parkNanos(20_000_000);
  }

  /** Holds for a moment and releases at the other gateway, as often as it takes. */
  private void hold(String resource, HttpResponse<String> answer, Lockexd far)
      throws InterruptedException {
    long granted = System.nanoTime();
    grants.incrementAndGet();
    long token = Long.parseLong(answer.headers().firstValue("Lockex-Token").orElse("0"));
    if (inside.get(resource).incrementAndGet() != 1) {
      faults.add("two at once on " + resource);
    }
    if (tokens.put(resource, token) >= token) {
      faults.add("token " + token + " did not grow on " + resource);
    }
    // Longer than a second grant takes to come in.
    Thread.sleep(10 + ThreadLocalRandom.current().nextInt(10));
    inside.get(resource).decrementAndGet();
    // A try whose answer never came may have done it.
    boolean unsure = false;
    while (true) {
      try {
        int status = far.send("DELETE", Lockexd.path(answer), "").statusCode();
        boolean late = System.nanoTime() - granted > (LIFETIME - 0.5) * 1e9;
        if (status == 204 || (status == 404 && (late || unsure))) {
          return;
        }
        if (status != 503) {
          faults.add("release: " + status + " after " + millisSince(granted));
          return;
        }
      } catch (IOException e) {
        // Killed; it is back in a moment.
      }
      if (System.nanoTime() - granted > PATIENCE.toNanos()) {
        faults.add("no release after " + millisSince(granted));
        return;
      }
      unsure = true;
      pause();
    }
  }

  private static String millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000 + " ms";
  }

  @Override
  public void close() throws Exception {
    done.set(true);
    for (Lockexd gateway : gateways) {
      gateway.close();
    }
  }
}
