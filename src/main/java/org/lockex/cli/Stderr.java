package org.lockex.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The words of a program on its stderr: each is one line, {@code lockex: <what> on <what>: <why>},
 * or one JSON object with {@code time}, {@code level}, {@code program}, {@code pid}, {@code event},
 * what is known by then ({@link #about}) and {@code message}, or an entry of the journal with the
 * same as fields. Nobody waits here for a reader: a stderr that is closed or full loses the words
 * and nothing else.
 */
public final class Stderr {
  private final String program;
  private final Verbosity verbosity;

  /** What takes the line away before the command may write has a reader, or is not waited for. */
  private static final long CLEARED_WITHIN = TimeUnit.MILLISECONDS.toNanos(20);

  private static final String CLEAR = "\r\033[K";

  private final LineWriter out;
  private volatile Map<String, Object> known = Map.of();
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
   * Adds a member to all objects and entries from now on, or gives it another value.
   *
   * @param name in lower case
   * @param value what it is
   */
  public void about(String name, String value) {
    know(name, value);
  }

  /**
   * The same of a number.
   *
   * @param name in lower case
   * @param value what it is
   */
  public void about(String name, long value) {
    know(name, value);
  }

  /** In a map of its own: the thread of the line writer reads it, too. */
  private synchronized void know(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(known);
    more.put(name, value);
    known = more;
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
   * Says why the program ends as it does; always shown, with the exit code.
   *
   * @param code the exit code
   * @param message {@code <what> on <what>: <why>}
   * @return the same exit code
   */
  public int fail(int code, String message) {
    return fail(code, LogEvent.FAULT, message);
  }

  /**
   * The same.
   *
   * @param code the exit code
   * @param event what it tells of
   * @param message {@code <what> on <what>: <why>}
   * @return the same exit code
   */
  public int fail(int code, LogEvent event, String message) {
    about("code", code);
    fault(event, message);
    return code;
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
      write("\r\033[?7l" + program + ": " + LogLine.printable(message) + "\033[K\033[?7h", false);
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

  /** Says what a library or the runtime does. */
  void library(String level, String message) {
    say(level, LogEvent.LIBRARY, message, false);
  }

  /** Whether what others say has to be told in another form, too. */
  boolean isStructured() {
    return verbosity.format() == Verbosity.Format.JSON || out.isJournal();
  }

  /**
   * What is known now. The thread that writes reads it too, when it tells a loss: it holds the
   * writer's lock then, and must not wait for ours.
   */
  Map<String, Object> known() {
    return known;
  }

  private void say(String level, LogEvent event, String message) {
    say(level, event, message, level.equals("error"));
  }

  /** A fault is what others give up their place for. */
  private synchronized void say(String level, LogEvent event, String message, boolean fault) {
    LogLine line = new LogLine(program, level, event, known, message);
    if (verbosity.format() == Verbosity.Format.TEXT && out.isJournal()) {
      out.entry(line.entry().getBytes(UTF_8), line.text().getBytes(UTF_8), fault);
    } else {
      write(lineIsShown ? CLEAR + formed(line) : formed(line), fault);
      lineIsShown = false;
    }
  }

  private byte[] loss(int lines) {
    String what = lines == 1 ? "1 line was" : lines + " lines were";
    return formed(
            new LogLine(
                program,
                "warning",
                LogEvent.LINES_LOST,
                known,
                what + " lost because nobody read stderr"))
        .getBytes(UTF_8);
  }

  private String formed(LogLine line) {
    return verbosity.format() == Verbosity.Format.JSON ? line.json() : line.text();
  }

  private void write(String text, boolean fault) {
    byte[] bytes = text.getBytes(UTF_8);
    if (fault) {
      out.fault(bytes);
    } else {
      out.write(bytes, 0, bytes.length);
    }
  }
}
