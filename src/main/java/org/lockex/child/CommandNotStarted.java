package org.lockex.child;

import org.lockex.ExitCode;

/** The command could not be executed; nothing of it runs. */
public final class CommandNotStarted extends Exception {
  private static final long serialVersionUID = 1L;

  private final int errno;

  CommandNotStarted(String message, int errno) {
    super(message);
    this.errno = errno;
  }

  /** {@return 127 when there is no such program, otherwise 126, as shells do} */
  public ExitCode exitCode() {
    return errno == Libc.ENOENT ? ExitCode.NOT_FOUND : ExitCode.CANNOT_EXECUTE;
  }
}
