package org.lockex.child;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Ends whatever is left, on a thread of its own: SIGTERM, SIGKILL after the grace, until nothing is
 * left, the guard last. The thread waits from the beginning: when it is needed, the command may
 * have used up every process that the system has.
 */
final class Termination implements Runnable {
  private static final long UNKILLABLE_AFTER_MILLIS = 1_000;
  private static final long GUARD_ENDS_WITHIN_MILLIS = 50;

  private final ProcessGroup family;
  private final Consumer<? super ChildEvent> events;
  private OptionalLong killAt = OptionalLong.empty(); // System.nanoTime; guarded by this

  Termination(ProcessGroup family, Consumer<? super ChildEvent> events) {
    this.family = family;
    this.events = events;
  }

  /** Begins. Of several calls the earliest deadline counts. */
  void within(Duration grace) {
    synchronized (this) {
      long at = deadline(grace);
      if (killAt.isEmpty() || at - killAt.getAsLong() < 0) {
        killAt = OptionalLong.of(at);
      }
      notifyAll();
    }
    family.wakeUp();
  }

  @Override
  public void run() {
    try {
      awaitBegin();
      family.awaitGuardsEnd(GUARD_ENDS_WITHIN_MILLIS);
      if (!family.allReaped() && millisToKill() > 0 && !family.left().isEmpty()) {
        family.terminate();
        awaitGrace();
      }
      while (!family.allReaped()) {
        killUntilNoneIsLeft();
        long seen = family.changes();
        family.endGuard();
        family.awaitChange(seen, UNKILLABLE_AFTER_MILLIS);
      }
      family.tellEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does; the guard and the timer still stand
    }
  }

  private synchronized void awaitBegin() throws InterruptedException {
    while (killAt.isEmpty()) {
      wait();
    }
  }

  private void awaitGrace() throws InterruptedException {
    while (true) {
      long seen = family.changes();
      long millis = millisToKill();
      if (millis <= 0 || family.left().isEmpty()) {
        return;
      }
      family.awaitChange(seen, millis);
    }
  }

  private void killUntilNoneIsLeft() throws InterruptedException {
    boolean told = false;
    while (true) {
      long seen = family.changes();
      List<Integer> left = List.copyOf(family.left());
      if (left.isEmpty()) {
        return;
      }
      family.kill();
      family.awaitChange(seen, UNKILLABLE_AFTER_MILLIS);
      if (!told && family.changes() == seen) {
        told = true;
        events.accept(new ChildEvent.Unkillable(left));
      }
    }
  }

  /** Rounded up; waiting zero milliseconds would be waiting for ever. */
  private synchronized long millisToKill() {
    return Math.ceilDiv(killAt.orElseThrow() - System.nanoTime(), 1_000_000L);
  }

  private static long deadline(Duration grace) {
    // A century is as good as for ever, and does not overflow.
    Duration most = Duration.ofDays(36_500);
    return System.nanoTime() + (grace.compareTo(most) < 0 ? grace : most).toNanos();
  }
}
