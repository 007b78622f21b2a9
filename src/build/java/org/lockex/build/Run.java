package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process with a purpose; what it says is shown when it fails. */
record Run(String purpose, List<String> command) {
  private static final long PATIENCE_SECONDS = 60;

  Running start(Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Running running = new Running(this, builder.start(), new LinkedBlockingQueue<>());
    Thread.ofPlatform().daemon().start(running::read);
    return running;
  }

  /** The process under way, with the lines it has said, and an empty one after the last. */
  record Running(Run run, Process process, BlockingQueue<String> lines) {
    /** Waits for a line that contains these words. */
    void awaitLine(String words) throws IOException, InterruptedException {
      StringBuilder said = new StringBuilder();
      String line = "";
      while (!line.contains(words)) {
        line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null || line.isEmpty()) {
          throw failure("never said \"" + words + "\"", said.toString());
        }
        said.append(line).append('\n');
      }
    }

    /** Waits for exit code 0; anything else, or too long a time, fails the build. */
    void end() throws IOException, InterruptedException {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw failure("does not end", String.join("\n", lines));
      }
      if (process.exitValue() != 0) {
        throw failure("exit code " + process.exitValue(), String.join("\n", lines));
      }
    }

    private IOException failure(String what, String said) {
      process.destroyForcibly();
      return new IOException(run.purpose + ": " + what + "\n" + run.command + "\n" + said);
    }

    private void read() {
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
        reader.lines().filter(line -> !line.isEmpty()).forEach(lines::add);
      } catch (IOException | UncheckedIOException e) {
        lines.add(e.toString());
      }
      lines.add("");
    }
  }
}
