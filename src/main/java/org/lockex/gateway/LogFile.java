package org.lockex.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The file of LOG_FILE, which is appended to. A FIFO is opened with the first words: that waits for
 * a reader, and whoever opens it may wait.
 */
final class LogFile extends OutputStream {
  private static final int S_IFMT = 0170000; // linux/stat.h
  private static final int S_IFIFO = 0010000;

  private final Path path;
  private Optional<OutputStream> out = Optional.empty();

  private LogFile(Path path) {
    this.path = path;
  }

  /**
   * Opens it, unless it is a FIFO.
   *
   * @throws IOException if it cannot be opened
   */
  static LogFile open(Path path) throws IOException {
    LogFile file = new LogFile(path);
    if (!Files.exists(path) || ((int) Files.getAttribute(path, "unix:mode") & S_IFMT) != S_IFIFO) {
      file.opened();
    }
    return file;
  }

  private OutputStream opened() throws IOException {
    if (out.isEmpty()) {
      out =
          Optional.of(
              Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }
    return out.get();
  }

  @Override
  public void write(int one) throws IOException {
    opened().write(one);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    opened().write(from, offset, length);
  }
}
