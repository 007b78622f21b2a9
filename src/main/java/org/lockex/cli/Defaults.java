package org.lockex.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a machine: lines {@code NAME=value} in {@code /etc/default/lockex}, which systemd
 * reads too (systemd.exec(5), EnvironmentFile). They are data: nothing in them is run or expanded,
 * and the command does not get them. As there, a backslash at its end continues a line, and quotes
 * hold lines together. Read as what they look like to a person: an {@code export} before the name,
 * blanks around the equals sign and a comment at the end do not matter.
 *
 * @param values the last value of each name, without quotes
 * @param warnings what stands there and says nothing to us, although somebody meant something by
 *     it: what is not read may have named other servers, and with them other locks
 */
record Defaults(Map<String, String> values, List<String> warnings) {
  static final Path FILE = Path.of("/etc/default/lockex");

  private static final List<String> KNOWN =
      List.of(
          "ZKHOSTS",
          "LOCKEX_ZK_TLS",
          "LOCKEX_ZK_CACERT",
          "LOCKEX_ZK_CERT",
          "LOCKEX_ZK_KEY",
          "LOCKEX_ZK_AUTH",
          "LOCKEX_ZK_ACL",
          "LOCKEXD_OPTS");

  private static final Defaults NONE = new Defaults(Map.of(), List.of());

  /** Copies both. */
  Defaults {
    values = Map.copyOf(values);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads the file; one that is not there is empty.
   *
   * @throws UsageException if it is there and cannot be read: with other servers than the ones
   *     meant the lock would exclude nobody
   */
  static Defaults of(Path file) throws UsageException {
    // Without an exception, which costs a start without such a file a millisecond.
    if (!file.toFile().exists()) {
      return NONE;
    }
    try {
      return of(file, Files.readAllLines(file));
    } catch (NoSuchFileException e) {
      return NONE;
    } catch (IOException e) {
      throw new UsageException(file + ": cannot be read");
    }
  }

  /** Reads the lines of a file; its name stands in the warnings. */
  static Defaults of(Path file, List<String> lines) {
    Map<String, String> values = new LinkedHashMap<>();
    List<String> warnings = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String where = file + ":" + (i + 1) + ": ";
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
        continue;
      }
      while (line.endsWith("\\") && i + 1 < lines.size()) {
        line = line.substring(0, line.length() - 1) + lines.get(++i).strip();
      }
      for (int last = closing(line, lines, i); i < last; ) {
        line += "\n" + lines.get(++i);
      }
      int equals = line.indexOf('=');
      String name = equals < 0 ? "" : name(line.substring(0, equals).strip());
      if (!isName(name)) {
        warnings.add(where + "not understood, expected NAME=value");
        continue;
      }
      values.put(name, unquoted(line.substring(equals + 1).strip()));
      meant(name)
          .ifPresent(
              known -> warnings.add(where + name + " is not known, " + known + " may be meant"));
    }
    return new Defaults(values, warnings);
  }

  /** Where the quote that a line opens is closed: there, or further down. */
  private static int closing(String line, List<String> lines, int at) {
    String right = line.substring(line.indexOf('=') + 1).strip();
    if (!right.startsWith("\"") && !right.startsWith("'")) {
      return at;
    }
    String quote = right.substring(0, 1);
    if (right.indexOf(quote, 1) > 0) {
      return at;
    }
    for (int i = at + 1; i < lines.size(); i++) {
      if (lines.get(i).contains(quote)) {
        return i;
      }
    }
    return at;
  }

  /** The value given to a name; empty too where it is given a blank one. */
  Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
  }

  private static String name(String left) {
    return left.startsWith("export ") ? left.substring("export ".length()).strip() : left;
  }

  private static boolean isName(String name) {
    if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 128 || (c != '_' && !Character.isLetterOrDigit(c))) {
        return false;
      }
    }
    return true;
  }

  private static String unquoted(String right) {
    if (!right.isEmpty() && (right.charAt(0) == '"' || right.charAt(0) == '\'')) {
      int end = right.indexOf(right.charAt(0), 1);
      String rest = end < 0 ? "x" : right.substring(end + 1).strip();
      if (rest.isEmpty() || rest.startsWith("#")) {
        return right.substring(1, end);
      }
    }
    int comment = right.indexOf(" #");
    return comment < 0 ? right : right.substring(0, comment).strip();
  }

  /** The known name that a name not known was meant to be. */
  private static Optional<String> meant(String name) {
    return KNOWN.contains(name)
        ? Optional.empty()
        : CloseWords.meant(name.toUpperCase(Locale.ROOT), KNOWN);
  }
}
