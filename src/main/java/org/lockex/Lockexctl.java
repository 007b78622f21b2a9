package org.lockex;

import org.lockex.cli.Streams;
import org.lockex.inspect.LockexctlProgram;

/** Shows who holds and who waits for locks, and breaks stuck ones. */
public final class Lockexctl {
  private Lockexctl() {}

  /**
   * Exits with 0, 1 or a code of {@link ExitCode}.
   *
   * @param args not looked at: the arguments are taken as bytes from /proc/self/cmdline
   */
  public static void main(String[] args) {
    Runtime.getRuntime().halt(new LockexctlProgram(Streams.standard()).run(Lockexctl.class));
  }
}
