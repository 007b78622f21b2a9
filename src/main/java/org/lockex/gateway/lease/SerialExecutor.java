package org.lockex.gateway.lease;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Everything that knows about leases happens one after another, in a turn. What a turn has decided
 * to tell others is told after it, so that no foreign code ever runs inside.
 */
final class SerialExecutor {
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Runnable> afterwards = new ArrayDeque<>();

  /** Runs {@code step} alone; turns nest. */
  void take(Runnable step) {
    lock.lock();
    Queue<Runnable> told = null;
    try {
      step.run();
    } finally {
      if (lock.getHoldCount() == 1 && !afterwards.isEmpty()) {
        told = new ArrayDeque<>(afterwards);
        afterwards.clear();
      }
      lock.unlock();
    }
    if (told != null) {
      told.forEach(Runnable::run);
    }
  }

  /** To be called within a turn: {@code telling} runs when the turn is over. */
  void afterwards(Runnable telling) {
    afterwards.add(telling);
  }
}
