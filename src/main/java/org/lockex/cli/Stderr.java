package org.lockex.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.lockex.znode.JsonWriter;

/**
 * The words of a program on its stderr: each is one line, {@code lockex: <what> on <what>: <why>},
 * or one JSON object with {@code time}, {@code level}, {@code program}, {@code pid}, {@code event},
 * what is known by then ({@link #about}) and {@code message}. Nobody waits here for a reader: a
 * stderr that is closed or full loses the words and nothing else.
 */
public final class Stderr {
  private final String program;
  private final Verbosity verbosity;

  /** What takes the line away before the command may write has a reader, or is not waited for. */
  private static final long CLEARED_WITHIN = TimeUnit.MILLISECONDS.toNanos(20);

  private static final String CLEAR = "\r\033[K";

  private final LineWriter out;
  private final Map<String, String> known = new LinkedHashMap<>();
  private boolean lineIsShown;

  /**
   * Speaks for one program.
   *
   * @param program its name, the first word of each line
   * @param verbosity how much to say, and in which form
   * @param out stderr
   */
  public Stderr(String program, Verbosity verbosity, LineWriter out) {
    this.program = program;
    this.verbosity = verbosity;
    this.out = out;
    out.tellLoss(this::loss);
  }

  /**
   * Adds a member to all objects from now on, or gives it another value.
   *
   * @param name in lower case
   * @param value what it is
   */
  public void about(String name, String value) {
    if (verbosity.format() == Verbosity.Format.JSON) {
      know(name, JsonWriter.quoted(value));
    }
  }

  /**
   * The same of a number.
   *
   * @param name in lower case
   * @param value what it is
   */
  public void about(String name, long value) {
    if (verbosity.format() == Verbosity.Format.JSON) {
      know(name, Long.toString(value));
    }
  }

  private synchronized void know(String name, String value) {
    known.put(name, value);
  }

  /**
   * Says what went wrong; always shown.
   *
   * @param message {@code <what> on <what>: <why>}
   */
  public void fault(String message) {
    fault(LogEvent.FAULT, message);
  }

  /**
   * The same.
   *
   * @param event what it tells of
   * @param message {@code <what> on <what>: <why>}
   */
  public void fault(LogEvent event, String message) {
    say("error", event, message);
  }

  /**
   * Says what may be wrong although it goes on; always shown.
   *
   * @param message {@code <what> on <what>: <why>}
   */
  public void warning(String message) {
    warning(LogEvent.WARNING, message);
  }

  /**
   * The same.
   *
   * @param event what it tells of
   * @param message {@code <what> on <what>: <why>}
   */
  public void warning(LogEvent event, String message) {
    say("warning", event, message);
  }

  /**
   * Says what lockex does; shown with {@code -v}.
   *
   * @param message what is under way
   */
  public void detail(String message) {
    detail(() -> message);
  }

  /**
   * The same for words that cost something to make.
   *
   * @param message asked only if it is shown
   */
  public void detail(Supplier<String> message) {
    detail(LogEvent.DETAIL, message);
  }

  /**
   * The same.
   *
   * @param event what it tells of
   * @param message asked only if it is shown
   */
  public void detail(LogEvent event, Supplier<String> message) {
    if (verbosity.level().compareTo(Verbosity.Level.VERBOSE) >= 0) {
      say("info", event, message.get());
    }
  }

  /**
   * Says why nothing was run; shown with {@code -v}, and to people on a terminal.
   *
   * @param event what it tells of
   * @param message asked only if it is shown
   */
  public void remark(LogEvent event, Supplier<String> message) {
    if (verbosity.level().compareTo(Verbosity.Level.VERBOSE) >= 0 || hasLine()) {
      say("info", event, message.get());
    }
  }

  /** {@return whether there is a terminal for a line that is updated, and a person who wants it} */
  public boolean hasLine() {
    return verbosity.level() != Verbosity.Level.QUIET
        && verbosity.format() == Verbosity.Format.TEXT
        && Terminals.isTerminal(2);
  }

  /**
   * Shows a line in place of the one shown before; other words push it away. The terminal cuts what
   * is too long for it (DECAWM off and on). One that nobody reads is not followed by others.
   *
   * @param message what the line shows from now on
   */
  public synchronized void line(String message) {
    if (out.isIdle()) {
      write("\r\033[?7l" + program + ": " + printable(message) + "\033[K\033[?7h", false);
      lineIsShown = true;
    }
  }

  /** Takes the line away, if one is shown: from now on others may write there. */
  public synchronized void clearLine() {
    if (lineIsShown) {
      lineIsShown = false;
      write(CLEAR, false);
      out.settle(CLEARED_WITHIN);
    }
  }

  /** Before the process ends: gives a reader half a second at most. */
  public void finish() {
    out.finish();
  }

  private synchronized void say(String level, LogEvent event, String message) {
    String line = formed(level, event, message);
    write(lineIsShown ? CLEAR + line : line, level.equals("error"));
    lineIsShown = false;
  }

  private byte[] loss(int lines) {
    String what = lines == 1 ? "1 line was" : lines + " lines were";
    return formed("warning", LogEvent.LINES_LOST, what + " lost because nobody read stderr")
        .getBytes(UTF_8);
  }

  /** A line as an object. */
  static String json(
      String program, String level, LogEvent event, Map<String, String> known, String message) {
    StringBuilder members = new StringBuilder();
    known.forEach((name, value) -> members.append(",\"").append(name).append("\":").append(value));
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

  private String formed(String level, LogEvent event, String message) {
    return verbosity.format() == Verbosity.Format.JSON
        ? json(program, level, event, known, message)
        : program + ": " + printable(message) + "\n";
  }

  private void write(String text, boolean fault) {
    byte[] bytes = text.getBytes(UTF_8);
    if (fault) {
      out.fault(bytes);
    } else {
      out.write(bytes, 0, bytes.length);
    }
  }

  /** Keeps a message on one line and a terminal unharmed whatever a file or lock is called. */
  private static String printable(String message) {
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
