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
   * @param verbosity how the program itself speaks
   * @param err where the libraries, and the runtime, speak from now on
   */
  public static void follow(Verbosity verbosity, LineWriter err) {
    // slf4j-simple and the JDK write there with a lock held, and would wait for a reader.
    System.setErr(new PrintStream(err, false, UTF_8));
    boolean shown = verbosity.level() == Verbosity.Level.DEBUG;
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", shown ? "info" : "off");
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }
}
