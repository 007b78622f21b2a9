package org.lockex.cli;

/**
 * The command line is wrong; the message is one clause that names the option and what is wrong with
 * it. Ends in exit code 64.
 */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Refuses the command line.
   *
   * @param message the clause
   */
  public UsageException(String message) {
    super(message);
  }
}
