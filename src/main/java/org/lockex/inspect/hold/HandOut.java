package org.lockex.inspect.hold;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Who decides what becomes of a hold when a signal ends us: until its handle has been printed it is
 * given back, afterwards it stays. A signal while we wait for the lock ends the wait; one that
 * comes while the hold is made waits until it is known what came of that.
 */
final class HandOut {
  /** Longer than a ZooKeeper that is there needs, and no more than people wait after a signal. */
  private static final long MOST_SECONDS = 5;

  /** A reader who has not taken the one line by then is not there. */
  private static final long READ_MS = 500;

  private enum PrintStage {
    WAITING,
    MAKING,
    PRINTING,
    DONE
  }

  private final Thread main = Thread.currentThread();
  private final CountDownLatch ended = new CountDownLatch(1);
  private PrintStage stage = PrintStage.WAITING;
  private boolean signalled;
  private Runnable giveBack = () -> {};

  /** Listens for signals from now on. */
  HandOut() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "hold-signal"));
  }

  /**
   * The lock is ours, and the hold is being made.
   *
   * @throws InterruptedException if a signal came before
   */
  synchronized void making() throws InterruptedException {
    if (signalled) {
      throw new InterruptedException("a signal came");
    }
    stage = PrintStage.MAKING;
  }

  /**
   * The hold stands.
   *
   * @param back ends it; called by whoever has to, once
   * @return false if a signal came, so that the handle must not be printed
   */
  synchronized boolean printing(Runnable back) {
    if (signalled) {
      return false;
    }
    giveBack = back;
    stage = PrintStage.PRINTING;
    return true;
  }

  /**
   * The handle is out, or could not be printed.
   *
   * @return false if a signal came and the hold is being given back already
   */
  synchronized boolean printed() {
    if (stage == PrintStage.PRINTING) {
      stage = PrintStage.DONE;
      return true;
    }
    return false;
  }

  /** After a signal that came in time: lets the process end by it. Does not return then. */
  void leave() {
    synchronized (this) {
      if (!signalled || stage == PrintStage.DONE) {
        return;
      }
    }
    ended.countDown();
    while (true) {
      LockSupport.park(this);
    }
  }

  private void onSignal() {
    try {
      synchronized (this) {
        signalled = true;
        if (stage == PrintStage.WAITING) {
          main.interrupt();
        }
      }
      if (isPrinting() && !ended.await(READ_MS, TimeUnit.MILLISECONDS) && takeBack()) {
        giveBack.run();
        return;
      }
      // What is decided already ends the process with its own code.
      boolean _ = ended.await(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isPrinting() {
    return stage == PrintStage.PRINTING;
  }

  /** The handle has not been read; from now on it is not printed by anybody's word. */
  private synchronized boolean takeBack() {
    if (stage == PrintStage.PRINTING) {
      stage = PrintStage.MAKING;
      return true;
    }
    return false;
  }
}
