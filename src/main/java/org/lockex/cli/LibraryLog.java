package org.lockex.cli;

/** What ZooKeeper and Curator log through slf4j-simple: nothing, unless asked for. */
public final class LibraryLog {
  private LibraryLog() {}

  /**
   * Sets the level; before the first logger is made. The properties are slf4j-simple's
   * (SimpleLogger).
   *
   * @param verbosity how the program itself speaks
   */
  public static void follow(Verbosity verbosity) {
    boolean shown = verbosity.level() == Verbosity.Level.DEBUG;
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", shown ? "info" : "off");
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }
}
