package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lockex.fixture.Programs;

/** The image that {@code mvn package} made, run as users run it. */
final class Image {
  /**
   * Where the image is; {@code -Dlockex.image} names another, an installed package for instance.
   */
  static final Path HOME =
      Path.of(System.getProperty("lockex.image", "target/lockex")).toAbsolutePath();

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Image() {}

  /** How a run of a program ended. */
  record Result(int code, byte[] stdout, byte[] stderr, Duration took) {
    String out() {
      return new String(stdout, UTF_8);
    }

    String err() {
      return new String(stderr, UTF_8);
    }
  }

  /** A program under way. */
  record Running(
      Process process, CompletableFuture<byte[]> out, CompletableFuture<byte[]> err, long since) {
    long pid() {
      return process.pid();
    }

    /** Waits for the end; one that does not come within a minute fails the test. */
    Result end() {
      try {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("still running after " + PATIENCE);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - since);
        return new Result(process.exitValue(), all(out), all(err), took);
      } catch (InterruptedException e) {
        process.destroyForcibly();
        throw new AssertionError(e);
      }
    }

    /** A process that it left would hold its output open for ever. */
    private static byte[] all(CompletableFuture<byte[]> output) throws InterruptedException {
      try {
        return output.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new AssertionError("its output is still open", e);
      }
    }

    /** Sends a signal by name, as kill(1) does. */
    void signal(String name) {
      kill(name, pid());
    }
  }

  static void kill(String signal, long pid) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).inheritIO().start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static String bin(String program) {
    return HOME.resolve("bin").resolve(program).toString();
  }

  /** Runs lockex against {@code hosts} and waits for its end. */
  static Result lockex(String hosts, String... args) {
    return start(Map.of("ZKHOSTS", hosts), new byte[0], with(bin("lockex"), args)).end();
  }

  /** Starts lockex against {@code hosts}. */
  static Running startLockex(String hosts, String... args) {
    return start(Map.of("ZKHOSTS", hosts), new byte[0], with(bin("lockex"), args));
  }

  static List<String> with(String program, String... args) {
    List<String> command = new ArrayList<>();
    command.add(program);
    command.addAll(List.of(args));
    return command;
  }

  /** Runs a /bin/sh script with lockex in PATH and ZKHOSTS set, and waits for its end. */
  static Result sh(String hosts, String script) {
    return startSh(hosts, script).end();
  }

  static Running startSh(String hosts, String script) {
    String path = HOME.resolve("bin") + ":" + System.getenv("PATH");
    return start(
        Map.of("ZKHOSTS", hosts, "PATH", path), new byte[0], List.of("/bin/sh", "-c", script));
  }

  /**
   * Starts any command with more environment and the bytes of its stdin, and with no signal ignored
   * that whoever runs the tests ignores: lockex would hand that on.
   */
  static Running start(Map<String, String> environment, byte[] stdin, List<String> command) {
    Programs.require(command.getFirst());
    List<String> words = with("/usr/bin/env", "--default-signal");
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    long since = System.nanoTime();
    try {
      Process process = builder.start();
      feed(process.getOutputStream(), stdin);
      return new Running(
          process, drain(process.getInputStream()), drain(process.getErrorStream()), since);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void feed(OutputStream to, byte[] bytes) {
    Thread.ofVirtual()
        .start(() -> {
          try (to) {
            to.write(bytes);
          } catch (IOException e) {
            // The program closed its stdin; that is its right.
          }
        });
  }

  private static CompletableFuture<byte[]> drain(InputStream from) {
    CompletableFuture<byte[]> all = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          try (from) {
            from.transferTo(bytes);
          } catch (IOException e) {
            // What was read until then is the output.
          }
          all.complete(bytes.toByteArray());
        });
    return all;
  }

  /** Asserts that stderr holds exactly one line of lockex with the given words in it. */
  static void assertOneLine(Result result, String... words) {
    List<String> lines = result.err().lines().toList();
    assertTrue(lines.size() == 1, () -> "not one line: " + result.err());
    for (String word : words) {
      assertTrue(
          lines.getFirst().contains(word), () -> "no \"" + word + "\" in: " + lines.getFirst());
    }
  }
}
