package org.lockex.cli;

/**
 * How much lockex says on stderr, and in which form.
 *
 * @param level how much
 * @param format one line of text, or one JSON object a line
 */
public record Verbosity(Level level, Format format) {
  /** How much is said. */
  public enum Level {
    /** Faults only, and never a line that is updated. */
    QUIET,
    /** Faults; while waiting, one updated line when stderr is a terminal. */
    NORMAL,
    /** Also what lockex does. */
    VERBOSE,
    /** Also what the ZooKeeper client says. */
    DEBUG
  }

  /** The form of a line. */
  public enum Format {
    /** One line of plain text for people. */
    TEXT,
    /** One JSON object in a line. */
    JSON
  }

  /** What is used until the options are read. */
  public static final Verbosity DEFAULT = new Verbosity(Level.NORMAL, Format.TEXT);
}
