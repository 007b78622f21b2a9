package org.lockex.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The settings of a machine: lines {@code NAME=value} in {@code /etc/default/lockex}, which systemd
 * reads too (systemd.exec(5), EnvironmentFile). They are data: nothing in them is run or expanded,
 * and the command does not get them.
 *
 * @param lines the file's
 */
record Defaults(List<String> lines) {
  static final Path FILE = Path.of("/etc/default/lockex");

  /**
   * Reads the file; one that is not there is empty.
   *
   * @throws UsageException if it is there and cannot be read: with other servers than the ones
   *     meant the lock would exclude nobody
   */
  static Defaults of(Path file) throws UsageException {
    try {
      return new Defaults(Files.readAllLines(file));
    } catch (NoSuchFileException e) {
      return new Defaults(List.of());
    } catch (IOException e) {
      throw new UsageException(file + ": cannot be read");
    }
  }

  /** The last value given to a name, without the quotes around it. */
  Optional<String> value(String name) {
    return lines.stream()
        .map(String::strip)
        .filter(line -> line.startsWith(name + "="))
        .reduce((_, later) -> later)
        .map(line -> unquoted(line.substring(name.length() + 1).strip()));
  }

  private static String unquoted(String text) {
    boolean quoted =
        text.length() >= 2
            && (text.charAt(0) == '"' || text.charAt(0) == '\'')
            && text.charAt(0) == text.charAt(text.length() - 1);
    return quoted ? text.substring(1, text.length() - 1) : text;
  }
}
