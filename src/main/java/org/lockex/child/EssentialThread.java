package org.lockex.child;

import java.util.function.Consumer;

/**
 * A thread that lockex cannot do without: where it dies of an exception, somebody is told, so that
 * no lock is held by a lockex that does only half of what it should.
 */
public final class EssentialThread {
  private EssentialThread() {}

  /**
   * Starts one; it does not keep the process from ending.
   *
   * @param name as thread dumps show it
   * @param body what it does
   * @param onDeath told on this thread, with what {@code body} threw; must not throw
   * @return the thread, started
   */
  public static Thread start(String name, Runnable body, Consumer<? super Throwable> onDeath) {
    Thread thread =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (RuntimeException | Error e) {
                onDeath.accept(e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
