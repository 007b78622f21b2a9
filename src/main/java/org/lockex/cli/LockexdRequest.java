package org.lockex.cli;

/** What a command line of lockexd asks for: text to print, or a lockexd to run. */
public sealed interface LockexdRequest {
  /**
   * Print this and exit.
   *
   * @param text with its line ends
   */
  record PrintText(String text) implements LockexdRequest {}

  /**
   * Serve locks until a signal.
   *
   * @param options all that the command line says, checked
   */
  record Serve(LockexdOptions options) implements LockexdRequest {}
}
