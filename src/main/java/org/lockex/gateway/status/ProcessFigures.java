package org.lockex.gateway.status;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What lockexd takes of its machine, proc_pid_status(5). */
final class ProcessFigures {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int KIBIBYTE = 1024;

  private ProcessFigures() {}

  static void show(MeterRegistry registry) {
    Gauge.builder("lockexd.resident.memory", () -> KIBIBYTE * of("VmRSS:"))
        .description("memory that is not swapped out")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("lockexd.threads", () -> of("Threads:"))
        .description("threads of the process")
        .register(registry);
  }

  private static double of(String name) {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(name)) {
          return Double.parseDouble(line.substring(name.length()).strip().split(" ")[0]);
        }
      }
    } catch (IOException e) {
      // Not known, then.
    }
    return Double.NaN;
  }
}
