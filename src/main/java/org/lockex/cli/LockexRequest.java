package org.lockex.cli;

/** What a command line asks lockex to do. */
public sealed interface LockexRequest {
  /**
   * Run a command under a lock.
   *
   * @param options all that the command line says, checked
   */
  record Run(LockexOptions options) implements LockexRequest {}

  /**
   * Print a text on stdout and exit with 0: help, version, a lock id.
   *
   * @param text with its line ends
   */
  record Print(String text) implements LockexRequest {}
}
