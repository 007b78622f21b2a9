package org.lockex.child;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Ends whatever is left, on a thread of its own: SIGTERM, SIGKILL after the grace, until nothing is
 * left, the guard last. The thread waits from the beginning: when it is needed, the command may
 * have used up every process that the system has.
 */
final class Termination implements Runnable {
  private static final long UNKILLABLE_AFTER_MILLIS = 1_000;
  private static final long GUARD_ENDS_WITHIN_MILLIS = 50;

  /** Rounds of SIGKILL to single processes after which the whole group gets it, guard included. */
  private static final int SINGLE_ROUNDS = 2;

  private static final int MOST_ROUNDS = 100;

  private final ProcessGroup group;
  private final ProcessTree tree;
  private final int guard;
  private final Consumer<? super ChildEvent> events;
  private OptionalLong killAt = OptionalLong.empty(); // System.nanoTime; guarded by this

  Termination(
      ProcessGroup group, ProcessTree tree, int guard, Consumer<? super ChildEvent> events) {
    this.group = group;
    this.tree = tree;
    this.guard = guard;
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
    group.wakeUp();
  }

  @Override
  public void run() {
    try {
      awaitBegin();
      group.awaitGuardsEnd(GUARD_ENDS_WITHIN_MILLIS);
      if (!group.allReaped()) {
        tellLeftBehind();
      }
      if (!group.allReaped() && millisToKill() > 0 && !group.left().isEmpty()) {
        group.terminate();
        awaitGrace();
      }
      while (!group.allReaped()) {
        killUntilNoneIsLeft();
        long seen = group.changes();
        group.endGuard();
        group.awaitChange(seen, UNKILLABLE_AFTER_MILLIS);
      }
      group.tellEnd();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  /** What a command leaves whose end nobody brought about. */
  private void tellLeftBehind() {
    if (!group.commandLives()) {
      tree.leftBehind(tree.shown(guard)).ifPresent(events);
    }
  }

  private synchronized void awaitBegin() throws InterruptedException {
    while (killAt.isEmpty()) {
      wait();
    }
  }

  private void awaitGrace() throws InterruptedException {
    while (true) {
      long seen = group.changes();
      long millis = millisToKill();
      if (millis <= 0 || group.left().isEmpty()) {
        return;
      }
      group.awaitChange(seen, millis);
    }
  }

  private void killUntilNoneIsLeft() throws InterruptedException {
    boolean told = false;
    while (true) {
      long seen = group.changes();
      List<Integer> left = List.copyOf(group.left());
      if (left.isEmpty()) {
        return;
      }
      kill();
      group.awaitChange(seen, UNKILLABLE_AFTER_MILLIS);
      if (!told && group.changes() == seen) {
        told = true;
        events.accept(new ChildEvent.Unkillable(left));
      }
    }
  }

  /**
   * SIGKILL to every descendant but the guard, in rounds until none is found that has not got it:
   * what is killed forks no more, and its children come to lockex. One by one, because the guard
   * would die with the group and protect nothing from then on; only what forks faster than that
   * gets it as a group, in one instant.
   */
  void kill() {
    Set<Integer> killed = new LinkedHashSet<>();
    int except = tree.shown(guard);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Set<Integer> all = tree.descendants(except);
      boolean fresh = false;
      for (int pid : all) {
        if (tree.signal(pid, all, Signals.KILL)) {
          fresh |= killed.add(pid);
        }
      }
      if (!fresh) {
        return;
      }
      if (round >= SINGLE_ROUNDS) {
        group.killGroup();
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
