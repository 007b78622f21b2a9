package org.lockex.cli;

/** What a command line asks lockex to do. */
public sealed interface Request {
  /** Run a command under a lock. */
  record Run(Options options) implements Request {}

  /** Print a text on stdout and exit with 0: help, version, a lock id. */
  record Print(String text) implements Request {}
}
