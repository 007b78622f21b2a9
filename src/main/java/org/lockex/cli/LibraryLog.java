package org.lockex.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;

/** What ZooKeeper and Curator log through slf4j-simple: nothing, unless asked for. */
public final class LibraryLog {
  private LibraryLog() {}

  /**
   * Sets the level; before the first logger is made. The properties are slf4j-simple's
   * (SimpleLogger).
   *
   * @param stderr the program itself, which says it where it speaks in objects or entries
   * @param verbosity how it speaks
   * @param err where the libraries, and the runtime, speak from now on
   */
  public static void follow(Stderr stderr, Verbosity verbosity, LineWriter err) {
    speakTo(stderr, verbosity, err, false);
    boolean shown = verbosity.level() == Verbosity.Level.DEBUG;
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", shown ? "info" : "off");
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }

  /**
   * Lets the libraries and the runtime speak as the program does, from now on.
   *
   * @param stderr the program itself, which says it where it speaks in objects or entries
   * @param verbosity how it speaks
   * @param err where it does
   * @param isFile whether that is a file, whose lines nobody else dates
   */
  public static void speakTo(Stderr stderr, Verbosity verbosity, LineWriter err, boolean isFile) {
    boolean json = verbosity.format() == Verbosity.Format.JSON;
    // slf4j-simple and the JDK write there with a lock held, and would wait for a reader.
    LibraryLines lines = new LibraryLines(stderr, err, isFile);
    System.setErr(new PrintStream(lines, false, UTF_8));
    // An object has its own time.
    System.setProperty("org.slf4j.simpleLogger.showDateTime", json ? "false" : "true");
  }
}
