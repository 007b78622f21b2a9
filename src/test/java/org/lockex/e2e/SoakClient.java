package org.lockex.e2e;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A client that takes a lock at any lockexd, asks for it and releases it at any other. It knows of
 * its grant what a client can know: it is not over before its lifetime has passed since the
 * request.
 */
final class SoakClient {
  private static final double WAIT = 1.5;
  private static final double LIFETIME = 5;

  /** How long a release may take, with all that is killed and stopped. */
  private static final long PATIENCE_NANOS = 90_000_000_000L;

  private final String name;
  private final List<Lockexd> gateways;
  private final List<String> locks;
  private final SoakEvidence evidence;
  private final AtomicBoolean done;

  SoakClient(
      String name,
      List<Lockexd> gateways,
      List<String> locks,
      SoakEvidence evidence,
      AtomicBoolean done) {
    this.name = name;
    this.gateways = gateways;
    this.locks = locks;
    this.evidence = evidence;
    this.done = done;
  }

  /** A grant as its client sees it: not over before {@code over}, on this JVM's clock. */
  record Granted(String lock, String path, long token, long over) {
    static Granted of(String lock, HttpResponse<String> answer, long asked, double lifetime) {
      return new Granted(
          lock,
          Lockexd.path(answer),
          Long.parseLong(answer.headers().firstValue("Lockex-Token").orElseThrow()),
          asked + (long) (lifetime * 1e9));
    }

    boolean mayBeOver() {
      return System.nanoTime() >= over;
    }
  }

  void run() {
    try {
      while (!done.get()) {
        String lock = locks.get(random(locks.size()));
        long asked = System.nanoTime();
        try {
          HttpResponse<String> answer = any().acquire(lock, WAIT, LIFETIME);
          if (answer.statusCode() == 201) {
            evidence.count("grants");
            hold(Granted.of(lock, answer, asked, LIFETIME));
          } else if (answer.statusCode() != 408 && answer.statusCode() != 503) {
            evidence.fault("status " + answer.statusCode() + " " + answer.body());
          }
        } catch (IOException e) {
          cut();
        }
      }
    } catch (InterruptedException | RuntimeException e) {
      evidence.fault(name + " ended: " + e);
    }
  }

  private Lockexd any() {
    return gateways.get(random(gateways.size()));
  }

  private static int random(int bound) {
    return ThreadLocalRandom.current().nextInt(bound);
  }

  /** Killed: it is back in a moment. */
  private void cut() throws InterruptedException {
    evidence.count("requests cut");
    Thread.sleep(20);
  }

  private void hold(Granted granted) throws InterruptedException {
    long first = Ticks.nowMicros();
    long now = System.nanoTime();
    int manner = random(20);
    long length = manner < 2 ? Long.MAX_VALUE : (5 + random(200)) * 1_000_000L;
    long until = Math.min(length, granted.over() - now) + now;
    while (System.nanoTime() < until) {
      Thread.sleep(Math.clamp((until - System.nanoTime()) / 1_000_000, 1, 250));
      if (length == Long.MAX_VALUE) {
        demandHeld(granted);
      }
    }
    if (now < granted.over()) {
      // Written before anybody is asked to release it.
      long sure = first + (granted.over() - now) / 1000;
      long last = Math.min(Ticks.nowMicros(), sure);
      evidence.held(new SoakEvidence.Hold(granted.lock(), name, granted.token(), first, last));
    }
    if (manner == 0) {
      evidence.count("left to its lifetime");
    } else {
      release(granted);
    }
  }

  /** Whoever is asked knows a grant that is not over. */
  private void demandHeld(Granted granted) throws InterruptedException {
    try {
      demandHeld(any(), granted, evidence);
    } catch (IOException e) {
      cut();
    }
  }

  static void demandHeld(Lockexd gateway, Granted granted, SoakEvidence evidence)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = gateway.send("GET", granted.path(), "");
    if (granted.mayBeOver() || answer.statusCode() == 503) {
      return;
    }
    evidence.count("asked for");
    if (answer.statusCode() != 200
        || !answer.body().contains("\"active\":true")
        || !answer.body().contains("\"token\":" + granted.token() + ",")) {
      evidence.fault("lost " + granted + ": " + answer.statusCode() + " " + answer.body());
    }
  }

  /** As often as it takes. */
  private void release(Granted granted) throws InterruptedException {
    boolean unsure = false;
    while (true) {
      boolean over = granted.mayBeOver();
      try {
        int status = any().send("DELETE", granted.path(), "").statusCode();
        over |= granted.mayBeOver();
        if (status == 204) {
          evidence.count("released");
          demandGone(granted);
          return;
        } else if (status == 404) {
          evidence.count("released too late");
          if (!over && !unsure) {
            evidence.fault("404 for the release of " + granted);
          }
          return;
        } else if (status != 503) {
          evidence.fault("release: " + status);
          return;
        }
        Thread.sleep(20);
      } catch (IOException e) {
        cut();
      }
      unsure = true;
      if (System.nanoTime() - granted.over() > PATIENCE_NANOS) {
        evidence.fault("no release of " + granted);
        return;
      }
    }
  }

  /** Nobody knows a grant that was released. */
  private void demandGone(Granted granted) throws InterruptedException {
    if (random(4) == 0) {
      try {
        int status = any().send("DELETE", granted.path(), "").statusCode();
        if (status != 404 && status != 503) {
          evidence.fault("second release of " + granted + ": " + status);
        }
      } catch (IOException e) {
        cut();
      }
    }
  }
}
