package org.lockex.cli.lockex;

import java.util.List;
import java.util.Locale;

/**
 * The value of {@code --stop-signal}: a name as kill(1) takes it, with or without SIG, or a number.
 */
final class StopSignal {
  /** SIGTERM. */
  static final int DEFAULT = 15;

  /** signal(7), by number: the same on every architecture that JDK 25 runs Linux on. */
  private static final List<String> NAMES =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

  // As glibc numbers those that programs may use.
  private static final int RTMIN = 34;
  private static final int RTMAX = 64;

  private StopSignal() {}

  /** {@return the number} Throws IllegalArgumentException where it is no signal that can end. */
  static int parse(String text) {
    int number = number(text.toUpperCase(Locale.ROOT));
    boolean named = number >= 1 && number <= NAMES.size();
    if (!named && (number < RTMIN || number > RTMAX)) {
      throw new IllegalArgumentException("not a signal (a name or a number): " + text);
    }
    if (named && NAMES.get(number - 1).equals("STOP")) {
      throw new IllegalArgumentException("ends no process: " + text);
    }
    return number;
  }

  private static int number(String text) {
    String name = text.startsWith("SIG") ? text.substring(3) : text;
    if (name.startsWith("RTMIN")) {
      return offset(name, RTMIN);
    }
    return name.startsWith("RTMAX")
        ? offset(name, RTMAX)
        : Math.max(NAMES.indexOf(name) + 1, digits(text));
  }

  /** RTMIN, RTMIN+3, RTMAX-2. */
  private static int offset(String name, int from) {
    String offset = name.substring(5);
    return offset.isEmpty()
        ? from
        : offset.matches("[+-][0-9]{1,2}") ? from + Integer.parseInt(offset) : 0;
  }

  private static int digits(String text) {
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 0;
  }
}
