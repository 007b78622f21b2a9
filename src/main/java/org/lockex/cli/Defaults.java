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
      String name = name(line);
      if (!isName(name)) {
        warnings.add(where + "not understood, expected NAME=value");
        continue;
      }
      int last = last(lines, i);
      if (lines.subList(i + 1, last + 1).stream().anyMatch(next -> KNOWN.contains(name(next)))) {
        // Whoever forgot to end a value does not mean other servers.
        warnings.add(where + "not understood, the value goes on over the line of another name");
        last = i;
      }
      values.put(name, unquoted(value(lines.subList(i, last + 1))));
      meant(name)
          .ifPresent(
              known -> warnings.add(where + name + " is not known, " + known + " may be meant"));
      i = last;
    }
    return new Defaults(values, warnings);
  }

  /** The last line of the value that begins in this one: quotes and backslashes continue it. */
  private static int last(List<String> lines, int first) {
    String right = right(lines.get(first));
    int last = first;
    if (right.isEmpty() || (right.charAt(0) != '"' && right.charAt(0) != '\'')) {
      while (isContinued(lines.get(last)) && last + 1 < lines.size()) {
        last++;
      }
      return last;
    }
    String quote = right.substring(0, 1);
    if (right.indexOf(quote, 1) < 0) {
      last++;
      while (last < lines.size() && !lines.get(last).contains(quote)) {
        last++;
      }
    }
    return last < lines.size() ? last : first;
  }

  /** A backslash before the end of a line; two are one that stands for itself. */
  private static boolean isContinued(String line) {
    int end = line.length();
    while (end > 0 && line.charAt(end - 1) == '\\') {
      end--;
    }
    return (line.length() - end) % 2 == 1;
  }

  private static String value(List<String> lines) {
    StringBuilder value = new StringBuilder();
    String line = right(lines.getFirst());
    boolean quoted = line.startsWith("\"") || line.startsWith("'");
    for (int i = 1; i < lines.size(); i++) {
      boolean continued = isContinued(lines.get(i - 1));
      value.append(continued ? line.substring(0, line.length() - 1) : line + "\n");
      line = quoted ? lines.get(i) : lines.get(i).strip();
    }
    return value.append(line).toString().strip();
  }

  /** The value given to a name; empty too where it is given a blank one. */
  Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
  }

  /** What stands before the equals sign of a line; empty where there is none. */
  private static String name(String line) {
    String left = line.substring(0, Math.max(0, line.indexOf('='))).strip();
    return left.startsWith("export ") ? left.substring("export ".length()).strip() : left;
  }

  private static String right(String line) {
    return line.substring(line.indexOf('=') + 1).strip();
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
