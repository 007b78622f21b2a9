package org.lockex;

import org.lockex.child.ProcessEnd;
import org.lockex.cli.Streams;
import org.lockex.run.LockexProgram;

/** Runs a command under a distributed lock. */
public final class Lockex {
  private Lockex() {}

  /**
   * Exits with a code of {@link ExitCode} or the command's; no shutdown hook has anything left to
   * do.
   *
   * @param args not looked at: the arguments are taken as bytes from /proc/self/cmdline
   */
  public static void main(String[] args) {
    ProcessEnd.with(new LockexProgram(Streams.standard()).run(Lockex.class));
  }
}
