package org.lockex.child;

import java.util.Map;
import java.util.function.IntConsumer;
import sun.misc.Signal;

/**
 * Takes TERM, INT, HUP, USR1, USR2, WINCH and CONT from the JVM and hands them to the flow. Those
 * that were ignored at the start stay ignored (nohup).
 */
public final class Signals {
  // signal(7): the same numbers on every architecture that JDK 25 runs Linux on.

  /** The terminal is gone, or: read the configuration again. */
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

  static final int CHLD = 17;
  static final int STOP = 19;
  static final int TSTP = 20;
  static final int TTIN = 21;
  static final int TTOU = 22;

  private static final Map<Integer, String> TAKEN =
      Map.of(
          TERM, "TERM", INT, "INT", HUP, "HUP", USR1, "USR1", USR2, "USR2", WINCH, "WINCH", CONT,
          "CONT");

  private Signals() {}

  /**
   * Installs the handlers; the very first thing after {@link Inherited#capture}. A signal before
   * this has its default effect: lockex dies, having started nothing.
   *
   * @param inherited says which signals stay ignored
   * @param consumer gets signal numbers, on a thread of the JVM; it must only enqueue
   */
  public static void install(Inherited inherited, IntConsumer consumer) {
    if (Boolean.getBoolean("lockex.init")) {
      // Below the launcher as init, a shell's background job: POSIX has the shell ignore INT there,
      // and the JVM takes no signal that it finds ignored.
      SignalDisposition.reset(INT);
    }
    TAKEN.forEach((number, name) -> {
      if (!inherited.ignores(number)) {
        Signal.handle(new Signal(name), signal -> consumer.accept(signal.getNumber()));
      }
    });
  }

  /** Takes Ctrl-Z for a lockex that shares its terminal with the command. */
  static void takeStop(Inherited inherited, IntConsumer consumer) {
    if (!inherited.ignores(TSTP)) {
      Signal.handle(new Signal("TSTP"), signal -> consumer.accept(signal.getNumber()));
    }
  }
}
