package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The bytes of golden-nodes.txt, for the tests of every package that reads nodes. */
public final class GoldenNodes {
  private GoldenNodes() {}

  /** The data of a lock's node; {@code concurrency} is empty where it is nobody's or another's. */
  public record GoldenLock(
      String name, byte[] data, boolean strange, Optional<Integer> concurrency) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A contender's node, and what it is. */
  public record GoldenContender(
      String name, String node, boolean persistent, byte[] data, String meaning) {
    @Override
    public String toString() {
      return name;
    }

    /** Its lifetime in milliseconds and its token, if it is a grant. */
    public Optional<long[]> grant() {
      String[] words = meaning.split(" ");
      return words[0].equals("grant")
          ? Optional.of(new long[] {Long.parseLong(words[1]), Long.parseLong(words[2])})
          : Optional.empty();
    }
  }

  /** A child of a lock's node: queue, folder or stranger. */
  public record GoldenChild(String name, String node, String kind) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A run record. */
  public record GoldenRun(String name, byte[] data, String meaning) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** The base of the tokens; empty for another program's data. */
  public record GoldenTokens(String name, byte[] data, Optional<Long> base) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** All of its kind. */
  public static Stream<GoldenTokens> tokens() {
    return lines("tokens")
        .map(f ->
            new GoldenTokens(
                f[1],
                bytes(f[2]),
                f[3].equals("strange") ? Optional.empty() : Optional.of(Long.valueOf(f[3]))));
  }

  /** All of its kind. */
  public static Stream<GoldenLock> locks() {
    return lines("lock")
        .map(f ->
            new GoldenLock(
                f[1],
                bytes(f[2]),
                f[3].equals("strange"),
                Character.isDigit(f[3].charAt(0))
                    ? Optional.of(Integer.valueOf(f[3]))
                    : Optional.empty()));
  }

  /** All of its kind. */
  public static Stream<GoldenContender> contenders() {
    return lines("contender")
        .map(f -> new GoldenContender(f[1], f[2], f[3].equals("persistent"), bytes(f[4]), f[5]));
  }

  /** All of its kind. */
  public static Stream<GoldenChild> children() {
    return lines("child").map(f -> new GoldenChild(f[1], f[2], f[3]));
  }

  /** All of its kind. */
  public static Stream<GoldenRun> runs() {
    return lines("run").map(f -> new GoldenRun(f[1], bytes(f[2]), f[3]));
  }

  private static Stream<String[]> lines(String kind) {
    List<String[]> found =
        text()
            .lines()
            .filter(line -> line.startsWith(kind + " "))
            .map(line -> line.split(" \\| ", -1))
            .map(fields -> Arrays.stream(fields).map(String::strip).toArray(String[]::new))
            .toList();
    if (found.isEmpty()) {
      throw new IllegalStateException("no golden " + kind);
    }
    return found.stream();
  }

  private static String text() {
    try (InputStream in = GoldenNodes.class.getResourceAsStream("golden-nodes.txt")) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String field) {
    if (field.equals("-")) {
      return new byte[0];
    }
    return field.replace("\\s", " ").replace("\\t", "\t").replace("\\n", "\n").getBytes(UTF_8);
  }
}
