package org.lockex.child;

import java.util.function.IntConsumer;

/**
 * Takes TERM, INT, HUP, USR1, USR2, WINCH and CONT from the JVM and hands them to the flow. Those
 * that were ignored at the start stay ignored (nohup).
 */
public final class Signals {
  /** Signal numbers, signal(7), the same on every architecture JDK 25 runs Linux on. */
  public static final int HUP = 1;

  /** Interrupt from the keyboard. */
  public static final int INT = 2;

  /** Quit from the keyboard; the JVM keeps this one for its thread dump. */
  public static final int QUIT = 3;

  /** Cannot be caught. */
  public static final int KILL = 9;

  /** User-defined. */
  public static final int USR1 = 10;

  /** User-defined. */
  public static final int USR2 = 12;

  /** Please end. */
  public static final int TERM = 15;

  /** Go on if stopped. */
  public static final int CONT = 18;

  /** The terminal's size changed. */
  public static final int WINCH = 28;

  private Signals() {}

  /**
   * Installs the handlers; the very first thing after {@link Inherited#capture}. A signal before
   * this has its default effect: lockex dies, having started nothing.
   *
   * @param consumer gets signal numbers, on a thread of the JVM; it must only enqueue
   */
  public static void install(Inherited inherited, IntConsumer consumer) {
    throw new UnsupportedOperationException();
  }

  /** The name without SIG, such as TERM; the number for one not among the above. */
  public static String name(int signal) {
    throw new UnsupportedOperationException();
  }
}
