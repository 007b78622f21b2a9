package org.lockex;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which package knows which: lock, child and local none, the programs all three. */
class PackagesTest {
  private static final Set<String> FOUNDATION = Set.of("cli", "lock", "child", "local");
  private static final Map<String, Set<String>> KNOWS =
      Map.of(
          "lock", Set.of(),
          "child", Set.of(),
          "local", Set.of(),
          "cli", Set.of("lock"),
          "run", FOUNDATION,
          "inspect", FOUNDATION,
          "gateway", FOUNDATION);

  @Test
  void packages_know_only_those_below_them() throws IOException {
    Path root = Path.of("src/main/java/org/lockex");
    Set<String> surplus = new TreeSet<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        Path relative = root.relativize(file);
        if (relative.getNameCount() > 1) {
          String own = relative.getName(0).toString();
          known(file).stream()
              .filter(other -> !other.equals(own) && !KNOWS.get(own).contains(other))
              .forEach(other -> surplus.add(own + " -> " + other + " in " + relative));
        }
      }
    }
    assertEquals(Set.of(), surplus);
  }

  private static List<String> known(Path file) throws IOException {
    return Pattern.compile("\\borg\\.lockex\\.([a-z]+)\\.")
        .matcher(Files.readString(file))
        .results()
        .map(match -> match.group(1))
        .toList();
  }
}
