package org.lockex.gateway;

import java.util.Locale;
import org.lockex.cli.LibraryLog;
import org.lockex.cli.LineWriter;
import org.lockex.cli.Stderr;
import org.lockex.cli.Verbosity;
import org.lockex.gateway.dialect.LockserverConfiguration;

/** What the libraries and lockexd itself log, by slf4j-simple's properties (SimpleLogger). */
final class DaemonLog {
  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private DaemonLog() {}

  /** Sets the level and the place; before the first logger is made. */
  static void follow(Verbosity voice, LockserverConfiguration configuration, LineWriter log) {
    boolean isFile = configuration.logFile().isPresent();
    LibraryLog.speakTo(new Stderr("lockexd", voice, log), voice, log, isFile);
    boolean debug = voice.level() == Verbosity.Level.DEBUG;
    String level = configuration.logLevel().map(DaemonLog::level).orElse(debug ? "debug" : "warn");
    System.setProperty(PREFIX + "defaultLogLevel", debug ? "info" : "warn");
    System.setProperty(PREFIX + "log.org.lockex", level);
    System.setProperty(PREFIX + "log.org.apache.zookeeper", debug ? "info" : "error");
    // lockexd says in one line what these say in a stack.
    for (String talker : new String[] {"client.ZooKeeperSaslClient", "server"}) {
      System.setProperty(PREFIX + "log.org.apache.zookeeper." + talker, debug ? "info" : "off");
    }
    System.setProperty(PREFIX + "dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }

  private static String level(String original) {
    return switch (original.toLowerCase(Locale.ROOT)) {
      case "superdebug" -> "trace";
      case "debug" -> "debug";
      case "info" -> "info";
      case "error" -> "error";
      default -> "warn";
    };
  }
}
