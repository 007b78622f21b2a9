package org.lockex.cli;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.lockex.znode.JsonWriter;

/**
 * What a program says, in the forms that it can have.
 *
 * @param program who says it
 * @param level error, warning, info or debug
 * @param event what it tells of
 * @param known what is known by then, strings and numbers, by names in lower case
 * @param message the words
 */
record LogLine(
    String program, String level, LogEvent event, Map<String, Object> known, String message) {

  /** For people. */
  String text() {
    return program + ": " + printable(message) + "\n";
  }

  /** One JSON object. */
  String json() {
    StringBuilder members = new StringBuilder();
    known.forEach((name, value) ->
        members
            .append(",\"")
            .append(name)
            .append("\":")
            .append(value instanceof String text ? JsonWriter.quoted(text) : value));
    return "{\"time\":\""
        + Instant.now()
        + "\",\"level\":\""
        + level
        + "\",\"program\":\""
        + program
        + "\",\"pid\":"
        + ProcessHandle.current().pid()
        + ",\"event\":\""
        + event.text()
        + "\""
        + members
        + ",\"message\":"
        + JsonWriter.quoted(message)
        + "}\n";
  }

  /**
   * An entry of systemd's journal, in its native protocol: a field a line. The journal adds the
   * time and the process (systemd.journal-fields(7)).
   */
  String entry() {
    StringBuilder fields = new StringBuilder();
    field(fields, "MESSAGE", message);
    field(fields, "PRIORITY", priority());
    field(fields, "SYSLOG_IDENTIFIER", program);
    field(fields, "LOCKEX_EVENT", event.text());
    known.forEach((name, value) ->
        field(fields, "LOCKEX_" + name.toUpperCase(Locale.ROOT), value.toString()));
    return fields.toString();
  }

  private static void field(StringBuilder fields, String name, String value) {
    fields.append(name).append('=').append(printable(value)).append('\n');
  }

  /** As syslog(3) numbers them. */
  private String priority() {
    return switch (level) {
      case "error" -> "3";
      case "warning" -> "4";
      case "debug" -> "7";
      default -> "6";
    };
  }

  /** Keeps a message on one line and a terminal unharmed whatever a file or lock is called. */
  static String printable(String message) {
    StringBuilder line = new StringBuilder(message.length());
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      if (c == '\n') {
        line.append("\\n");
      } else if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
        line.append(String.format("\\x%02x", (int) c));
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }
}
