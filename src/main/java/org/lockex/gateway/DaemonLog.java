package org.lockex.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import java.util.Locale;
import org.lockex.cli.LineWriter;
import org.lockex.cli.Verbosity;
import org.lockex.gateway.dialect.LockserverConfiguration;

/** What the libraries and lockexd itself log, by slf4j-simple's properties (SimpleLogger). */
final class DaemonLog {
  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private DaemonLog() {}

  /** Sets the level and the file; before the first logger is made. */
  static void follow(Verbosity voice, LockserverConfiguration configuration, LineWriter err) {
    // slf4j-simple writes there with a lock held: a reader who is away would stop every grant.
    System.setErr(new PrintStream(err, false, UTF_8));
    boolean debug = voice.level() == Verbosity.Level.DEBUG;
    String level = configuration.logLevel().map(DaemonLog::level).orElse(debug ? "debug" : "warn");
    System.setProperty(PREFIX + "defaultLogLevel", debug ? "info" : "warn");
    System.setProperty(PREFIX + "log.org.lockex", level);
    System.setProperty(PREFIX + "log.org.apache.zookeeper", debug ? "info" : "error");
    // lockexd says in one line what that one says in a stack.
    System.setProperty(
        PREFIX + "log.org.apache.zookeeper.client.ZooKeeperSaslClient", debug ? "info" : "off");
    System.setProperty(PREFIX + "showDateTime", "true");
    System.setProperty(PREFIX + "dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    configuration
        .logFile()
        .ifPresent(file -> System.setProperty(PREFIX + "logFile", file.toString()));
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
