package org.lockex.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What libraries and the runtime print on stderr: as it is, or, where the program itself speaks in
 * objects or entries, each line as one. A level that slf4j-simple writes becomes the object's;
 * lines that have none, of a stack trace for instance, have that of the line before. Where it is
 * code of ours that warns by slf4j, that is said as whatever else the program says.
 */
final class LibraryLines extends OutputStream {
  private static final Pattern LEVEL =
      Pattern.compile(
          "(?:\\d\\S* )?(?:\\[.*?] )?(TRACE|DEBUG|INFO|WARN|ERROR) (.*)", Pattern.DOTALL);

  private final Stderr stderr;
  private final boolean isFile;
  private final LineWriter out;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private String level = "error";

  /**
   * Says it by {@code stderr}, or writes it to {@code out}, which is the same.
   *
   * @param isFile whether that is a file, whose lines nobody else dates
   */
  LibraryLines(Stderr stderr, LineWriter out, boolean isFile) {
    this.isFile = isFile;
    this.stderr = stderr;
    this.out = out;
  }

  @Override
  public void write(int one) {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] from, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (from[i] == '\n') {
        end();
      } else {
        line.write(from[i]);
      }
    }
  }

  /** The beginning of a line, whose end may never come. */
  @Override
  public synchronized void flush() {
    if (!stderr.isStructured()) {
      out.write(line.toByteArray(), 0, line.size());
      line.reset();
    }
  }

  private void end() {
    String text = line.toString(UTF_8);
    Matcher leveled = LEVEL.matcher(text);
    if (leveled.matches()) {
      level = level(leveled.group(1));
      text = leveled.group(2);
    }
    boolean ours = text.startsWith("org.lockex.") && !(isFile && !stderr.isStructured());
    int words = ours ? text.indexOf(" - ") + 3 : 0;
    if (words > 3 && level.equals("warning")) {
      stderr.warning(text.substring(words));
    } else if (words > 3 && level.equals("error")) {
      stderr.fault(text.substring(words));
    } else if (!stderr.isStructured()) {
      line.write('\n');
      out.write(line.toByteArray(), 0, line.size());
    } else if (!text.isBlank()) {
      stderr.library(level, text);
    }
    line.reset();
  }

  private static String level(String name) {
    return switch (name) {
      case "WARN" -> "warning";
      case "TRACE" -> "debug";
      default -> name.toLowerCase(Locale.ROOT);
    };
  }
}
