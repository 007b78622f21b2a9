package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.lockex.fixture.Poll;

/** Commands that write a time stamp every 20 ms to one file: who ran when, to the microsecond. */
final class Ticks {
  private final Path file;

  Ticks(Path file) {
    this.file = file;
  }

  /** One stamp. */
  record Tick(String who, long micros) {}

  /** The words of a command that ticks as {@code who} until it is ended. */
  List<String> command(String who) {
    return List.of(
        "bash",
        "-c",
        "while :; do echo \"%s ${EPOCHREALTIME/./}\" >> %s; sleep 0.02; done".formatted(who, file));
  }

  List<Tick> of(String who) {
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream()
              .map(line -> line.split(" "))
              .filter(words -> words.length == 2 && words[0].equals(who))
              .map(words -> new Tick(words[0], Long.parseLong(words[1])))
              .toList()
          : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  void awaitFirst(String who, Duration limit) {
    Poll.until(who + " ticks", limit, () -> !of(who).isEmpty());
  }

  /**
   * The first one's last stamp is older than the second one's first, which is there: looks again
   * after a while, in which one that is not dead goes on.
   */
  void assertNoOverlap(String first, String second) {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    long overlap = last(first) - first(second);
    assertTrue(overlap < 0, () -> "overlap of " + overlap + " us");
  }

  long first(String who) {
    return of(who).getFirst().micros();
  }

  long last(String who) {
    return of(who).getLast().micros();
  }

  static long nowMicros() {
    var now = java.time.Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }
}
