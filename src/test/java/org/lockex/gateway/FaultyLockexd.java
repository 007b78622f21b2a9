package org.lockex.gateway;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.lockex.cli.LineWriter;

/** lockexd with one thread more, which dies once the file of the property {@code torn} is there. */
public final class FaultyLockexd {
  private FaultyLockexd() {}

  /** Exit codes as lockexd's. */
  public static void main(String[] args) {
    Path torn = Path.of(System.getProperty("torn"));
    Thread.Builder kind =
        Boolean.getBoolean("virtual") ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    kind.name("faulty")
        .start(() -> {
          while (!Files.exists(torn)) {
            LockSupport.parkNanos(10_000_000);
          }
          throw new IllegalStateException("torn");
        });
    Runtime.getRuntime().halt(new LockexdProgram(System.out, LineWriter.ofStderr()).run(args));
  }
}
