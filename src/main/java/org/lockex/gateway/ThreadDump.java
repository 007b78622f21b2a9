package org.lockex.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.TimeUnit;
import org.lockex.cli.LineWriter;

/**
 * What each thread does, as the Java runtime tells it at SIGQUIT; without the virtual ones, as
 * there.
 */
final class ThreadDump {
  private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(500);

  private ThreadDump() {}

  /** Writes it as its reader reads, and no more where he does not. */
  static void write(LineWriter err) {
    Thread.getAllStackTraces()
        .forEach((thread, frames) -> {
          if (!err.isIdle()) {
            return;
          }
          StringBuilder words =
              new StringBuilder("lockexd: thread ")
                  .append(thread.getName())
                  .append(", ")
                  .append(thread.getState())
                  .append('\n');
          for (StackTraceElement frame : frames) {
            words.append("  at ").append(frame).append('\n');
          }
          byte[] bytes = words.toString().getBytes(UTF_8);
          err.write(bytes, 0, bytes.length);
          err.settle(PATIENCE);
        });
  }
}
