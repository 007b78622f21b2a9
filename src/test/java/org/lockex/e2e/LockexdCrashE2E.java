package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;

/** kill -9 at any moment: no double grant, tokens only grow, no orphan stays. */
class LockexdCrashE2E {
  private static final int CYCLES = Integer.getInteger("lockex.crashes", 15);
  private static final int CLIENTS = 6;
  private static final String[] RESOURCES = {"crash0", "crash1"};
  private static final double LIFETIME = 3;

  private final Map<String, AtomicInteger> inside = new ConcurrentHashMap<>();
  private final Map<String, Long> tokens = new ConcurrentHashMap<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicInteger grants = new AtomicInteger();

  @Test
  void two_gateways_killed_again_and_again() throws Exception {
    for (String resource : RESOURCES) {
      inside.put(resource, new AtomicInteger());
      tokens.put(resource, 0L);
    }
    try (TestingServer zooKeeper = new TestingServer(true);
        Lockexd first = gateway(zooKeeper);
        Lockexd second = gateway(zooKeeper)) {
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Lockexd near = i % 2 == 0 ? first : second;
        Lockexd far = i % 2 == 0 ? second : first;
        clients.add(Thread.ofVirtual().start(() -> client(near, far)));
      }
      for (int cycle = 0; cycle < CYCLES; cycle++) {
        Lockexd victim = cycle % 2 == 0 ? first : second;
        Thread.sleep(ThreadLocalRandom.current().nextInt(200));
        victim.crash();
        victim.restart();
      }
      done.set(true);
      for (Thread client : clients) {
        client.join();
      }
      assertEquals(List.of(), List.copyOf(faults));
      assertTrue(grants.get() > CYCLES, "grants: " + grants);
      // What nobody was told of ends with its lifetime, and who waited at a dead one with its
      // session.
      Poll.until("nothing is left", Duration.ofSeconds(20), () -> left(first) == 0);
    }
  }

  private static Lockexd gateway(TestingServer zooKeeper) throws Exception {
    return new Lockexd(
        "-z",
        zooKeeper.getConnectString(),
        "--session-timeout",
        "2s",
        "--admin-userpass-file",
        "yes");
  }

  private static int left(Lockexd lockexd) throws Exception {
    return lockexd.send("GET", "/resources", "").body().split("\"name\"", -1).length - 1;
  }

  private void client(Lockexd near, Lockexd far) {
    while (!done.get()) {
      String resource = RESOURCES[ThreadLocalRandom.current().nextInt(RESOURCES.length)];
      try {
        HttpResponse<String> answer = near.acquire(resource, 5, LIFETIME);
        if (answer.statusCode() == 201) {
          hold(resource, answer, far);
        } else if (answer.statusCode() != 408 && answer.statusCode() != 503) {
          faults.add("status " + answer.statusCode() + " " + answer.body());
        }
      } catch (IOException e) {
        // It was killed while we waited.
      } catch (InterruptedException e) {
        return;
      }
    }
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
    Thread.sleep(ThreadLocalRandom.current().nextInt(10));
    inside.get(resource).decrementAndGet();
    // A try whose answer never came may have done it.
    boolean unsure = false;
    while (true) {
      try {
        int status = far.send("DELETE", Lockexd.path(answer), "").statusCode();
        boolean late = System.nanoTime() - granted > (LIFETIME - 0.1) * 1e9;
        if (status == 204 || (status == 404 && (late || unsure))) {
          return;
        }
        if (status != 503) {
          faults.add("release: " + status + " after " + (System.nanoTime() - granted) / 1_000_000);
          return;
        }
      } catch (IOException e) {
        // Killed; it is back in a moment.
      }
      unsure = true;
      Thread.sleep(20);
    }
  }
}
