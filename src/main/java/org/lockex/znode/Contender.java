package org.lockex.znode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * Who holds a lock or waits for it, as people see it in {@code lockexctl}.
 *
 * @param host the name of the machine
 * @param pid the process id of lockex
 * @param user the name of the user
 * @param command the arguments joined by spaces, at most {@value #MAX_COMMAND_BYTES} bytes of UTF-8
 * @param since when it began to wait
 * @param version the version of lockex
 */
public record Contender(
    String host, long pid, String user, String command, Instant since, String version) {

  /** The longest command line that is published. */
  public static final int MAX_COMMAND_BYTES = 1024;

  /**
   * This process as a contender. Bytes that are no UTF-8 are shown as U+FFFD; the host comes from
   * {@code /proc/sys/kernel/hostname}, because a look-up of one's own address can take seconds.
   */
  public static Contender ofThisProcess(List<byte[]> argv, Instant since, String version) {
    return new Contender(
        hostname(),
        ownPid(),
        System.getProperty("user.name", "?"),
        commandLine(argv),
        since,
        version);
  }

  /** The data of a contender's node: one JSON object in UTF-8. */
  public byte[] json() {
    return bytes(fields().append('}'));
  }

  /** The data of a holder's node after its command started: the same with {@code acquired}. */
  public byte[] json(Instant acquired) {
    return bytes(fields().append(",\"acquired\":\"").append(text(acquired)).append("\"}"));
  }

  /** Whether a node's data is that of {@link #json(Instant)}: its holder's command has started. */
  public static boolean runsCommand(byte[] json) {
    // In a JSON string the quotes would have backslashes before them.
    return new String(json, UTF_8).contains("\",\"acquired\":\"");
  }

  /** Reads the data of a contender's node; empty if a program wrote it that tells no host. */
  public static Optional<Contender> parse(JsonObject json) {
    return json.text("host")
        .map(host ->
            new Contender(
                host,
                json.number("pid").orElse(0L),
                json.text("user").orElse(""),
                json.text("command").orElse(""),
                json.text("since").flatMap(Contender::instant).orElse(Instant.EPOCH),
                json.text("version").orElse("")));
  }

  /** An instant in ISO 8601; empty if it is none. */
  public static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /**
   * As {@link Instant#toString}, which loads every formatter of java.time, at 2 ms of the start.
   */
  static String text(Instant instant) {
    String text = LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString();
    return (text.length() == "2000-01-01T00:00".length() ? text + ":00" : text) + "Z";
  }

  private StringBuilder fields() {
    StringBuilder json = new StringBuilder(256).append("{\"host\":");
    JsonText.string(json, host);
    json.append(",\"pid\":").append(pid).append(",\"user\":");
    JsonText.string(json, user);
    json.append(",\"command\":");
    JsonText.string(json, command);
    json.append(",\"since\":\"").append(text(since)).append("\",\"version\":");
    JsonText.string(json, version);
    return json;
  }

  private static byte[] bytes(StringBuilder json) {
    return json.toString().getBytes(UTF_8);
  }

  /** Read from /proc, because {@link ProcessHandle} starts a thread that waits for children. */
  private static long ownPid() {
    try {
      return Long.parseLong(Files.readSymbolicLink(Path.of("/proc/self")).toString());
    } catch (IOException | NumberFormatException e) {
      return ProcessHandle.current().pid();
    }
  }

  private static String hostname() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname"), ISO_8859_1).strip();
    } catch (IOException e) {
      return "?";
    }
  }

  static String commandLine(List<byte[]> argv) {
    StringBuilder line = new StringBuilder();
    int bytes = 0;
    for (int i = 0; i < argv.size() && bytes < MAX_COMMAND_BYTES; i++) {
      if (i > 0) {
        line.append(' ');
        bytes++;
      }
      String argument = new String(argv.get(i), UTF_8);
      for (int at = 0; at < argument.length(); ) {
        int character = argument.codePointAt(at);
        bytes += utf8Length(character);
        if (bytes > MAX_COMMAND_BYTES) {
          return line.toString();
        }
        line.appendCodePoint(character);
        at += Character.charCount(character);
      }
    }
    return line.toString();
  }

  private static int utf8Length(int character) {
    return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  }
}
