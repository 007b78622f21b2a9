package org.lockex.cli;

/** What a command line asks lockex to do. */
public sealed interface LockexRequest {
  /** Run a command under a lock. */
  record Run(LockexOptions options) implements LockexRequest {}

  /** Print a text on stdout and exit with 0: help, version, a lock id. */
  record Print(String text) implements LockexRequest {}
}
