package org.lockex.cli;

/**
 * What a command line asks a program to do.
 *
 * @param <O> the program's options
 */
public sealed interface ProgramRequest<O> {
  /**
   * Do the program's work.
   *
   * @param <O> the program's options
   * @param options how
   */
  record Run<O>(O options) implements ProgramRequest<O> {}

  /**
   * Print a text on stdout and exit with 0: help, version, a lock id.
   *
   * @param <O> the program's options
   * @param text what is printed, line ends included
   */
  record Print<O>(String text) implements ProgramRequest<O> {}
}
