package org.lockex.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.lockex.ExitCode;
import org.lockex.cli.FileWords;
import org.lockex.cli.Stderr;
import org.lockex.cli.lockexctl.LockexctlAction;
import org.lockex.inspect.text.Output;
import org.lockex.lock.session.LockException;
import org.lockex.metrics.LockMetrics;

/** {@code lockexctl metrics}: of all locks, on standard output or for a node exporter. */
record WriteMetrics(LockReader tree, Output out, Stderr stderr) {

  int run(LockexctlAction.Metrics wanted) throws LockException, InterruptedException, IOException {
    Instant now = tree.clock().now();
    String text =
        LockMetrics.text(
            tree.list(wanted.pattern(), true).stream().map(lock -> lock.figures(now)).toList(), 0);
    Optional<Path> file = wanted.textfile();
    if (file.isEmpty()) {
      out.text(text);
      return 0;
    }
    try {
      write(file.get(), text);
      return 0;
    } catch (IOException e) {
      stderr.fault("write on " + FileWords.of(file.get(), e));
      return ExitCode.INTERNAL.code();
    }
  }

  /** Whole or not at all: whoever collects reads the old one or the new one. */
  private static void write(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path whole = Files.createTempFile(folder, ".lockex", ".tmp"); // collectors read *.prom
    try {
      Files.write(whole, text.getBytes(UTF_8));
      Files.setPosixFilePermissions(whole, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(whole);
    }
  }
}
