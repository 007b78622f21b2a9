package org.lockex.gateway.dialect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A file as Python's ConfigParser reads it: {@code key = value} or {@code key: value}, whichever
 * sign comes first; what is indented deeper than its key goes on with the value; lines that begin
 * with {@code #}, {@code ;} or {@code rem}, and what follows a blank and {@code ;}, are comments;
 * keys have no case; of a key or section given twice the last value counts; the section DEFAULT has
 * values for all others.
 */
final class IniFile {
  /** What stands at a key, and in which line; further lines follow a line feed. */
  record IniValue(String key, String text, int line) {}

  /** A section, where it begins, and its values by key in upper case. */
  record IniSection(String name, int line, Map<String, IniValue> values) {
    Optional<IniValue> value(String key) {
      return Optional.ofNullable(values.get(key));
    }
  }

  private static final String DEFAULT = "DEFAULT";

  private final Path file;
  private final Map<String, IniSection> sections = new LinkedHashMap<>();
  private Optional<IniSection> section = Optional.empty();
  private String key = "";
  private int keyIndent;

  private IniFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @return its sections by name, in order, without DEFAULT, whose values each of them has
   */
  static Map<String, IniSection> read(Path file)
      throws IOException, LockserverConfiguration.BadConfiguration {
    IniFile ini = new IniFile(file);
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      ini.line(line.stripTrailing(), ++number);
    }
    IniSection defaults = ini.sections.remove(DEFAULT);
    if (defaults != null) {
      ini.sections.values().forEach(one -> defaults.values().forEach(one.values()::putIfAbsent));
    }
    return ini.sections;
  }

  private void line(String line, int number) throws LockserverConfiguration.BadConfiguration {
    String text = line.strip();
    if (text.isEmpty() || isComment(text)) {
      return;
    }
    int indent = line.length() - text.length();
    if (!key.isEmpty() && indent > keyIndent) {
      goOn(text);
    } else if (text.startsWith("[") && text.indexOf(']') > 0) {
      String name = text.substring(1, text.indexOf(']')).strip();
      section =
          Optional.of(
              sections.computeIfAbsent(
                  name, added -> new IniSection(added, number, new LinkedHashMap<>())));
      key = "";
    } else {
      keyIndent = indent;
      begin(text, number);
    }
  }

  private static boolean isComment(String text) {
    return text.startsWith("#")
        || text.startsWith(";")
        || text.toLowerCase(Locale.ROOT).matches("rem(\\s.*)?");
  }

  private void begin(String text, int number) throws LockserverConfiguration.BadConfiguration {
    int sign = 0;
    while (sign < text.length() && text.charAt(sign) != '=' && text.charAt(sign) != ':') {
      sign++;
    }
    if (sign == 0 || sign == text.length() || section.isEmpty()) {
      throw new LockserverConfiguration.BadConfiguration(
          file,
          number,
          section.isEmpty() ? "stands before the first section" : "is not KEY = VALUE");
    }
    key = text.substring(0, sign).strip().toUpperCase(Locale.ROOT);
    section
        .get()
        .values()
        .put(key, new IniValue(key, withoutComment(text.substring(sign + 1).strip()), number));
  }

  private void goOn(String text) {
    section
        .orElseThrow()
        .values()
        .computeIfPresent(
            key,
            (same, value) ->
                new IniValue(
                    same, (value.text() + "\n" + withoutComment(text)).strip(), value.line()));
  }

  private static String withoutComment(String value) {
    for (int at = value.indexOf(';'); at >= 0; at = value.indexOf(';', at + 1)) {
      if (at == 0 || Character.isWhitespace(value.charAt(at - 1))) {
        return value.substring(0, at).strip();
      }
    }
    return value;
  }
}
