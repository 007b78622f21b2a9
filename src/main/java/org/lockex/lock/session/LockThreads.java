package org.lockex.lock.session;

import java.util.function.Consumer;

/**
 * How a thread of the lock is started. Each is named, ends with the process, and tells when it dies
 * of an exception: a lock whose keeper or queue is gone would else be held, or waited for, for
 * ever, and nobody would know.
 */
public final class LockThreads {
  private LockThreads() {}

  /** What a thread does. */
  @FunctionalInterface
  public interface ThreadBody {
    /**
     * Runs until there is nothing left to do.
     *
     * @throws InterruptedException if the thread was interrupted, which is no defect
     */
    void run() throws InterruptedException;
  }

  /**
   * Starts a thread.
   *
   * @param name as debuggers and tests see it
   * @param body what it does
   * @param defects told, on that thread, what it died of
   */
  public static void start(String name, ThreadBody body, Consumer<Throwable> defects) {
    make(name, body, defects).start();
  }

  /** Makes a thread that somebody else starts; the parameters are those of {@link #start}. */
  static Thread make(String name, ThreadBody body, Consumer<Throwable> defects) {
    Thread thread = new Thread(() -> run(body, defects), name);
    thread.setDaemon(true);
    return thread;
  }

  private static void run(ThreadBody body, Consumer<Throwable> defects) {
    try {
      body.run();
    } catch (InterruptedException e) {
      // Only the end of the process, or of a test, interrupts a thread of the lock.
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      defects.accept(e);
    }
  }
}
