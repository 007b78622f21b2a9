package org.lockex.gateway.dialect;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lockex.znode.LockId;

/**
 * lockserver's configuration file: {@code [general]} with the original's keys, and a further
 * section for each further lock, named after it, with the keys LOCK_SIZE, LOCK_GRACE_TIME,
 * LOCK_EXPIRATION_TIME and LOCK_MAX_LOCK_TIME, each of which defaults to its DEFAULT_ counterpart.
 *
 * @param listen SERVER and PORT, unresolved
 * @param logFile LOG_FILE; empty: stderr
 * @param logLevel LOGLEVEL: superdebug, debug, info, error or warning
 * @param locks the locks, the default one first
 */
public record LockserverConfiguration(
    Optional<InetSocketAddress> listen,
    Optional<Path> logFile,
    Optional<String> logLevel,
    List<CountingLock> locks) {

  /** What holds without a file. */
  public static final LockserverConfiguration NONE =
      new LockserverConfiguration(Optional.empty(), Optional.empty(), Optional.empty(), List.of());

  /** A file that is no configuration; the message says what is wrong with it. */
  public static final class BadConfiguration extends Exception {
    private static final long serialVersionUID = 1;

    BadConfiguration(String what) {
      super(what);
    }
  }

  private static final String GENERAL = "general";
  private static final int ORIGINAL_PORT = 9090;
  private static final int LAST_PORT = 65535;

  /**
   * Reads a file. LIFECYCLE_PERIOD is accepted and not needed: nothing polls.
   *
   * @param file the file
   * @return what it says
   * @throws IOException if it cannot be read
   * @throws BadConfiguration if a value is wrong; the message names it
   */
  public static LockserverConfiguration read(Path file) throws IOException, BadConfiguration {
    Map<String, Map<String, String>> sections = sections(file, Files.readAllLines(file));
    Map<String, String> general = sections.getOrDefault(GENERAL, Map.of());
    List<CountingLock> locks = new ArrayList<>();
    if (general.containsKey("DEFAULT_LOCK")) {
      locks.add(lock(general.get("DEFAULT_LOCK"), general, general));
    }
    for (Map.Entry<String, Map<String, String>> section : sections.entrySet()) {
      if (!section.getKey().equals(GENERAL)) {
        locks.add(lock(section.getKey(), section.getValue(), general));
      }
    }
    return new LockserverConfiguration(
        listen(general),
        Optional.ofNullable(general.get("LOG_FILE")).map(Path::of),
        Optional.ofNullable(general.get("LOGLEVEL")),
        List.copyOf(locks));
  }

  private static Map<String, Map<String, String>> sections(Path file, List<String> lines)
      throws BadConfiguration {
    Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    Map<String, String> section = Map.of();
    int number = 0;
    for (String raw : lines) {
      number++;
      String line = raw.strip();
      int equals = line.indexOf('=');
      if (line.startsWith("[") && line.endsWith("]")) {
        section =
            sections.computeIfAbsent(
                line.substring(1, line.length() - 1).strip(), name -> new LinkedHashMap<>());
      } else if (equals > 0 && !sections.isEmpty()) {
        section.put(
            line.substring(0, equals).strip().toUpperCase(java.util.Locale.ROOT),
            line.substring(equals + 1).strip());
      } else if (!line.isEmpty() && !line.startsWith("#") && !line.startsWith(";")) {
        throw new BadConfiguration(file + ":" + number + ": not KEY=VALUE in a section");
      }
    }
    return sections;
  }

  private static Optional<InetSocketAddress> listen(Map<String, String> general)
      throws BadConfiguration {
    if (!general.containsKey("SERVER") && !general.containsKey("PORT")) {
      return Optional.empty();
    }
    String host = general.getOrDefault("SERVER", "localhost");
    int port = whole(general, "PORT", ORIGINAL_PORT);
    if (port < 0 || port > LAST_PORT) {
      throw new BadConfiguration("PORT: not a port: " + port);
    }
    return Optional.of(InetSocketAddress.createUnresolved(host, port));
  }

  private static CountingLock lock(
      String name, Map<String, String> own, Map<String, String> general) throws BadConfiguration {
    Map<String, String> values = new LinkedHashMap<>();
    for (String key : List.of("SIZE", "GRACE_TIME", "EXPIRATION_TIME", "MAX_LOCK_TIME")) {
      String fallback = general.getOrDefault("DEFAULT_LOCK_" + key, "");
      String value =
          own.getOrDefault("LOCK_" + key, own.getOrDefault("DEFAULT_LOCK_" + key, fallback));
      if (!value.isEmpty()) {
        values.put(key, value);
      }
    }
    try {
      return new CountingLock(
          LockId.of(name),
          Math.max(1, whole(values, "SIZE", 1)),
          seconds(values, "GRACE_TIME", 10),
          seconds(values, "EXPIRATION_TIME", 1200),
          seconds(values, "MAX_LOCK_TIME", 1200));
    } catch (IllegalArgumentException e) {
      throw new BadConfiguration("lock " + name + ": " + e.getMessage());
    }
  }

  private static Duration seconds(Map<String, String> values, String key, int otherwise)
      throws BadConfiguration {
    String text = values.getOrDefault(key, String.valueOf(otherwise));
    return Seconds.of(text)
        .filter(Duration::isPositive)
        .orElseThrow(() -> new BadConfiguration(key + ": not seconds: " + text));
  }

  private static int whole(Map<String, String> values, String key, int otherwise)
      throws BadConfiguration {
    String text = values.getOrDefault(key, String.valueOf(otherwise));
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new BadConfiguration(key + ": not a whole number: " + text);
    }
  }
}
