package org.lockex.gateway.http;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that hash passwords: at most half of the processors, so that wrong logins, however
 * many, leave the other half to those who take locks.
 */
final class PasswordThreads {
  private static final int MOST_THAT_WAIT = 64;
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;

  PasswordThreads() {
    this(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), MOST_THAT_WAIT);
  }

  /** Of another size. */
  PasswordThreads(int atOnce, int waiting) {
    threads =
        new ThreadPoolExecutor(
            atOnce,
            atOnce,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            Thread.ofPlatform().daemon().name("passwords-", 1).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /** Whether {@code check} will run; false if too many wait already. */
  boolean take(Runnable check) {
    try {
      threads.execute(check);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }
}
