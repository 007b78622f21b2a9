package org.lockex.child;

import java.util.List;

/**
 * What lockex was started with and hands on to the command unchanged. Taken at the first line of
 * main, before anything else opens descriptors or changes signals.
 *
 * @param arguments the bytes of lockex's own arguments, after the main class, in order
 * @param environ the environment the launcher was started with, each entry {@code NAME=value}
 * @param descriptors open descriptors without FD_CLOEXEC, ascending
 * @param ignored signals ignored at the start: bit n - 1 is signal n, as in proc(5)'s SigIgn
 * @param blocked signals blocked at the start, likewise
 */
public record Inherited(
    List<byte[]> arguments,
    List<byte[]> environ,
    List<Integer> descriptors,
    long ignored,
    long blocked) {
  /** Copies the lists. */
  public Inherited {
    arguments = List.copyOf(arguments);
    environ = List.copyOf(environ);
    descriptors = List.copyOf(descriptors);
  }

  /**
   * Looks at this process.
   *
   * @param mainClass the class whose main runs: the arguments follow its name in /proc/self/cmdline
   */
  public static Inherited capture(Class<?> mainClass) {
    throw new UnsupportedOperationException();
  }

  /** Whether the signal was ignored when lockex was started, as HUP is under nohup. */
  public boolean ignores(int signal) {
    return (ignored >>> (signal - 1) & 1) != 0;
  }
}
