package org.lockex.inspect.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.lockex.cli.LineWriter;

/** Standard output: UTF-8 whatever the locale, written when flushed or full. */
public final class Output {
  private final OutputStream unbuffered;
  private final OutputStream out;

  /**
   * Writes there.
   *
   * @param out standard output
   */
  public Output(OutputStream out) {
    this.unbuffered = out;
    this.out = new BufferedOutputStream(out, 1 << 16);
  }

  /**
   * Writes a line.
   *
   * @param line without its end
   * @throws IOException if it cannot be written
   */
  public void line(String line) throws IOException {
    text(line + "\n");
  }

  /**
   * Writes text.
   *
   * @param text with its line ends
   * @throws IOException if it cannot be written
   */
  public void text(String text) throws IOException {
    out.write(text.getBytes(UTF_8));
  }

  /**
   * Writes a line now, and keeps nothing of it where that fails.
   *
   * @param line without its end
   * @throws IOException if it cannot be written
   */
  public void atOnce(String line) throws IOException {
    unbuffered.write((line + "\n").getBytes(UTF_8));
  }

  /** {@return what draws a screen anew and waits for nobody; instead of all else here} */
  public LineWriter screen() {
    return new LineWriter(unbuffered);
  }

  /**
   * Writes what is still here.
   *
   * @throws IOException if it cannot be written
   */
  public void flush() throws IOException {
    out.flush();
  }
}
