package org.lockex.gateway;

import java.util.concurrent.Callable;

/** Waits for what happens elsewhere, with a deadline. */
final class Poll {
  private Poll() {}

  static void until(String what, Callable<Boolean> there) throws Exception {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!there.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not in 20 s: " + what);
      }
      Thread.sleep(5);
    }
  }
}
