package org.lockex.gateway.dialect;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lockex.gateway.dialect.IniFile.IniSection;
import org.lockex.gateway.dialect.IniFile.IniValue;
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

  /** A file that is no configuration; the message says where and what is wrong. */
  public static final class BadConfiguration extends Exception {
    private static final long serialVersionUID = 1;

    BadConfiguration(Path file, int line, String what) {
      super(file + ":" + line + ": " + what);
    }
  }

  private static final String GENERAL = "general";
  private static final String DEFAULT_LOCK = "DEFAULT_LOCK";
  private static final int ORIGINAL_PORT = 9090;
  private static final int LAST_PORT = 65535;
  private static final Set<String> LEVELS =
      Set.of("superdebug", "debug", "info", "error", "warning");
  private static final Set<String> OF_A_LOCK =
      Set.of(
          "LOCK_SIZE",
          "LOCK_GRACE_TIME",
          "LOCK_EXPIRATION_TIME",
          "LOCK_MAX_LOCK_TIME",
          "DEFAULT_LOCK_SIZE",
          "DEFAULT_LOCK_GRACE_TIME",
          "DEFAULT_LOCK_EXPIRATION_TIME",
          "DEFAULT_LOCK_MAX_LOCK_TIME");
  private static final Set<String> OF_GENERAL =
      Set.of("SERVER", "PORT", "LOG_FILE", "LOGLEVEL", "LIFECYCLE_PERIOD", DEFAULT_LOCK);

  /**
   * Reads a file. LIFECYCLE_PERIOD is accepted and not needed: nothing polls.
   *
   * @param file the file
   * @return what it says
   * @throws IOException if it cannot be read
   * @throws BadConfiguration if something in it is wrong; the message names file and line
   */
  public static LockserverConfiguration read(Path file) throws IOException, BadConfiguration {
    Map<String, IniSection> sections = IniFile.read(file);
    IniSection general = sections.getOrDefault(GENERAL, new IniSection(GENERAL, 0, Map.of()));
    ConfigurationReader reading = new ConfigurationReader(file, general);
    List<CountingLock> locks = new ArrayList<>();
    Optional<IniValue> name = general.value(DEFAULT_LOCK);
    if (name.isPresent()) {
      locks.add(reading.lock(name.get().text(), name.get().line(), general));
    }
    for (IniSection section : sections.values()) {
      reading.requireKnown(section);
      if (!section.name().equals(GENERAL)) {
        locks.add(reading.lock(section.name(), section.line(), section));
      }
    }
    return new LockserverConfiguration(
        reading.listen(), reading.logFile(), reading.logLevel(), List.copyOf(locks));
  }

  private record ConfigurationReader(Path file, IniSection general) {

    private BadConfiguration bad(int line, String what) {
      return new BadConfiguration(file, line, what);
    }

    private BadConfiguration bad(IniValue value, String what) {
      return bad(value.line(), value.key() + "=" + value.text().replace('\n', ' ') + ": " + what);
    }

    void requireKnown(IniSection section) throws BadConfiguration {
      for (Map.Entry<String, IniValue> entry : section.values().entrySet()) {
        boolean known =
            OF_A_LOCK.contains(entry.getKey())
                || (section.name().equals(GENERAL) && OF_GENERAL.contains(entry.getKey()));
        if (!known) {
          throw bad(
              entry.getValue().line(),
              entry.getKey() + ": no such key in [" + section.name() + "]");
        }
      }
    }

    Optional<InetSocketAddress> listen() throws BadConfiguration {
      Optional<IniValue> server = general.value("SERVER");
      Optional<IniValue> port = general.value("PORT");
      if (server.isEmpty() && port.isEmpty()) {
        return Optional.empty();
      }
      int number = whole(port, ORIGINAL_PORT);
      if (number < 0 || number > LAST_PORT) {
        throw bad(port.orElseThrow(), "not a port");
      }
      return Optional.of(
          InetSocketAddress.createUnresolved(
              server.map(IniValue::text).orElse("localhost"), number));
    }

    Optional<String> logLevel() throws BadConfiguration {
      Optional<IniValue> level = general.value("LOGLEVEL");
      if (level.isPresent() && !LEVELS.contains(level.get().text().toLowerCase(Locale.ROOT))) {
        throw bad(level.get(), "not superdebug, debug, info, error or warning");
      }
      return level.map(IniValue::text);
    }

    /** One that can be written: what the log cannot take would be lost without a word. */
    Optional<Path> logFile() throws BadConfiguration {
      Optional<IniValue> value = general.value("LOG_FILE").filter(v -> !v.text().isEmpty());
      if (value.isEmpty()) {
        return Optional.empty();
      }
      try {
        Path log = Path.of(value.get().text());
        // To open a FIFO would wait for its reader.
        if (Files.isRegularFile(log) || Files.isDirectory(log) || !Files.exists(log)) {
          FileChannel.open(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
        }
        return Optional.of(log);
      } catch (IOException | InvalidPathException e) {
        throw bad(value.get(), "cannot be written: " + words(e));
      }
    }

    private static String words(Exception why) {
      return switch (why) {
        case AccessDeniedException _ -> "permission denied";
        case NoSuchFileException _ -> "no such folder";
        case FileSystemException failed when failed.getReason() != null ->
            failed.getReason().toLowerCase(Locale.ROOT);
        default -> String.valueOf(why.getMessage());
      };
    }

    CountingLock lock(String name, int line, IniSection own) throws BadConfiguration {
      Optional<LockId> id = LockId.ifValid(name);
      if (id.isEmpty()) {
        throw bad(line, "not a lock's name: " + name);
      }
      Optional<IniValue> size = value(own, "LOCK_SIZE");
      int holders = whole(size, 1);
      if (holders < 1) {
        throw bad(size.orElseThrow(), "less than 1");
      }
      return new CountingLock(
          id.get(),
          holders,
          seconds(own, "LOCK_GRACE_TIME", 10),
          seconds(own, "LOCK_EXPIRATION_TIME", 1200),
          seconds(own, "LOCK_MAX_LOCK_TIME", 1200));
    }

    /** The section's own, under either name, or that of the default lock. */
    private Optional<IniValue> value(IniSection own, String key) {
      return own.value(key)
          .or(() -> own.value("DEFAULT_" + key))
          .or(() -> general.value("DEFAULT_" + key));
    }

    private Duration seconds(IniSection own, String key, int otherwise) throws BadConfiguration {
      Optional<IniValue> value = value(own, key);
      if (value.isEmpty()) {
        return Duration.ofSeconds(otherwise);
      }
      return Seconds.of(value.get().text())
          .filter(Duration::isPositive)
          .orElseThrow(() -> bad(value.get(), "not a positive number of seconds"));
    }

    private int whole(Optional<IniValue> value, int otherwise) throws BadConfiguration {
      try {
        return value.isEmpty() ? otherwise : Integer.parseInt(value.get().text());
      } catch (NumberFormatException e) {
        throw bad(value.orElseThrow(), "not a whole number");
      }
    }
  }
}
