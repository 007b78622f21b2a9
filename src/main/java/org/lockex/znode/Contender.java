package org.lockex.znode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who holds a lock or waits for it, as people see it in {@code lockexctl}.
 *
 * @param host the name of the machine
 * @param pid the process id of lockex
 * @param user the name of the user, or the number of one without a name
 * @param command the arguments joined by spaces, at most {@value #MAX_COMMAND_BYTES} bytes of UTF-8
 * @param since when it began to wait; {@link Instant#EPOCH} where that is not told
 * @param version the version of lockex
 */
public record Contender(
    String host, long pid, String user, String command, Instant since, String version) {

  /** The longest command line that is published. */
  public static final int MAX_COMMAND_BYTES = 1024;

  /**
   * This process as a contender. Bytes that are no UTF-8 are shown as U+FFFD; the host comes from
   * {@code /proc/sys/kernel/hostname}, because a look-up of one's own address can take seconds.
   *
   * @param argv the program and its arguments, byte for byte
   * @param since when it began to wait
   * @param version the version of lockex
   * @return this process
   */
  public static Contender ofThisProcess(List<byte[]> argv, Instant since, String version) {
    return new Contender(hostname(), ownPid(), ownUser(), commandLine(argv), since, version);
  }

  /**
   * A client of this process.
   *
   * @param client who it says it is
   * @param title what it says it does
   * @param from when it began to wait
   * @return this process with these
   */
  public Contender forClient(String client, String title, Instant from) {
    return new Contender(host, pid, client, title, from, version);
  }

  /**
   * The same process.
   *
   * @param what it does, in the place of its command line
   * @return this with that
   */
  public Contender doing(String what) {
    return new Contender(host, pid, user, what, since, version);
  }

  /**
   * The same as far as it is to be published.
   *
   * @param told what of it
   * @return what is told, the rest as not known
   */
  public Contender told(Metadata told) {
    return new Contender(
        told.host() ? host : Metadata.UNTOLD,
        told.pid() ? pid : 0,
        told.user() ? user : Metadata.UNTOLD,
        told.command() ? command : "",
        since,
        version);
  }

  /** {@return whether it tells neither host nor pid} */
  public boolean isHidden() {
    return pid == 0 && host.equals(Metadata.UNTOLD);
  }

  /** Reads what a node tells of its contender; empty if it tells no host. */
  static Optional<Contender> read(JsonObject json) {
    return json.text("host")
        .map(host ->
            new Contender(
                host,
                json.number("pid").orElse(0L),
                json.text("user").orElse(""),
                json.text("command").orElse(""),
                json.text("since").flatMap(Timestamps::read).orElse(Instant.EPOCH),
                json.text("version").orElse("")));
  }

  void write(JsonWriter json) {
    writeWhose(json);
    json.text("since", Timestamps.text(since)).text("version", version);
  }

  /** Without {@code since} and {@code version}. */
  void writeWhose(JsonWriter json) {
    json.text("host", host).number("pid", pid).text("user", user).text("command", command);
  }

  /** Read from /proc, because {@link ProcessHandle} starts a thread that waits for children. */
  private static long ownPid() {
    try {
      return Long.parseLong(Files.readSymbolicLink(Path.of("/proc/self")).toString());
    } catch (IOException | NumberFormatException e) {
      return ProcessHandle.current().pid();
    }
  }

  /** A container's user often has a number and no name, for which the JVM puts a question mark. */
  private static String ownUser() {
    String name = System.getProperty("user.name", Metadata.UNTOLD);
    if (name.equals(Metadata.UNTOLD)) {
      try {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"), ISO_8859_1)) {
          if (line.startsWith("Uid:")) {
            return line.split("\\s+")[1];
          }
        }
      } catch (IOException e) {
        return name;
      }
    }
    return name;
  }

  /** {@return the name of this machine; a question mark where the kernel does not tell it} */
  public static String hostname() {
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
