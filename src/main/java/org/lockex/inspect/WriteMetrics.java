package org.lockex.inspect;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.lockex.ExitCode;
import org.lockex.cli.FileWords;
import org.lockex.cli.Stderr;
import org.lockex.cli.UsageException;
import org.lockex.cli.lockexctl.LockexctlAction;
import org.lockex.inspect.text.Output;
import org.lockex.inspect.text.WholeFile;
import org.lockex.lock.session.LockException;
import org.lockex.metrics.LockMetrics;

/** {@code lockexctl metrics}: of all locks, on standard output or for a node exporter. */
record WriteMetrics(EnsembleAccess servers, Output out, Stderr stderr) {

  int run(LockexctlAction.Metrics wanted)
      throws LockException, UsageException, InterruptedException, IOException {
    Optional<WholeFile> file = wanted.textfile().map(WholeFile::new);
    Optional<String> hindrance = file.flatMap(WholeFile::hindrance);
    if (hindrance.isPresent()) {
      throw new UsageException(
          "--textfile: "
              + file.get().name()
              + ": "
              + hindrance.get()
              + "; without --textfile the metrics go to standard output");
    }
    String text = text(wanted);
    if (file.isEmpty()) {
      out.text(text);
      return 0;
    }
    try {
      file.get().write(text);
      return 0;
    } catch (IOException e) {
      return stderr.fail(
          ExitCode.INTERNAL.code(), "write on " + file.get().name() + ": " + FileWords.why(e));
    }
  }

  private String text(LockexctlAction.Metrics wanted) throws LockException, InterruptedException {
    LockReader tree = servers.connect();
    Instant now = tree.clock().now();
    return LockMetrics.text(
        tree.list(wanted.pattern(), true).stream().map(lock -> lock.figures(now)).toList(), 0);
  }
}
