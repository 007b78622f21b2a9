package org.lockex.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.lockex.cli.LineWriter;

/** Standard output: UTF-8 whatever the locale, written when flushed or full. */
final class Output {
  private final OutputStream unbuffered;
  private final OutputStream out;

  Output(OutputStream out) {
    this.unbuffered = out;
    this.out = new BufferedOutputStream(out, 1 << 16);
  }

  void line(String line) throws IOException {
    text(line + "\n");
  }

  void text(String text) throws IOException {
    out.write(text.getBytes(UTF_8));
  }

  /** For a screen, which is drawn anew and waits for nobody; instead of all else here. */
  LineWriter screen() {
    return new LineWriter(unbuffered);
  }

  void flush() throws IOException {
    out.flush();
  }
}
