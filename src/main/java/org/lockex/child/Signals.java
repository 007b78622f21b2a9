package org.lockex.child;

/** The numbers of signals, and what becomes of a process that gets one and says nothing of it. */
public final class Signals {
  // signal(7): the same numbers on every architecture that JDK 25 runs Linux on.

  /** The terminal is gone, or: read the configuration again. */
  public static final int HUP = 1;

  /** Interrupt from the keyboard. */
  public static final int INT = 2;

  /** Quit from the keyboard; many services end gracefully at it. */
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
  static final int URG = 23;

  private Signals() {}

  /**
   * {@return whether the signal's default effect is the end of the process}
   *
   * @param signal its number
   */
  public static boolean ends(int signal) {
    return signal != WINCH && signal != CONT && signal != CHLD && signal != URG && !stops(signal);
  }

  /**
   * {@return whether its default effect is to stop the process}
   *
   * @param signal its number
   */
  public static boolean stops(int signal) {
    return signal == STOP || signal == TSTP || signal == TTIN || signal == TTOU;
  }

  /**
   * Stops this process as a signal does by default, if it does; returns when it goes on.
   *
   * @param signal its number
   */
  public static void stopBy(int signal) {
    if (stops(signal)) {
      SignalDisposition.takeDefault(signal);
    }
  }
}
