package org.lockex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which package knows which: the code does as the diagram in docs/architecture.md says. */
class PackagesTest {
  private static final Path MAIN = Path.of("src/main/java/org/lockex");

  /** One class that has to stand beside ZooKeeper's own. */
  private static final Path BESIDE = Path.of("src/main/java/org/apache/zookeeper");

  @Test
  void packages_know_only_those_that_the_diagram_gives_them() throws IOException {
    Map<String, Set<String>> diagram = diagram();
    Set<String> surplus = new TreeSet<>();
    Set<String> packages = new TreeSet<>();
    for (Path file : sources()) {
      String own = nameOf(file);
      packages.add(own);
      for (String other : known(file)) {
        if (!other.equals(own) && !allows(diagram.getOrDefault(own, Set.of()), own, other)) {
          surplus.add(own + " -> " + other + " in " + file);
        }
      }
    }
    assertEquals(Set.of(), surplus);
    assertEquals(packages, new TreeSet<>(diagram.keySet()));
  }

  @Test
  void no_package_knows_one_that_stands_below_it_in_the_diagram() throws IOException {
    Map<String, Set<String>> diagram = diagram();
    List<String> order = List.copyOf(diagram.keySet());
    for (String own : order) {
      for (String other : order.subList(order.indexOf(own) + 1, order.size())) {
        assertTrue(!allows(diagram.get(own), own, other), own + " -> " + other);
      }
    }
  }

  /** {@code lock} stands for all its rooms; a package itself for the rooms below it. */
  private static boolean allows(Set<String> allowed, String own, String other) {
    String family = other.contains(".") ? other.substring(0, other.indexOf('.')) : other;
    return allowed.contains(other) || (allowed.contains(family) && !own.startsWith(family + "."));
  }

  private static Map<String, Set<String>> diagram() throws IOException {
    Matcher block =
        Pattern.compile("```packages\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("docs/architecture.md")));
    assertTrue(block.find(), "no diagram");
    Map<String, Set<String>> diagram = new LinkedHashMap<>();
    for (String line : block.group(1).lines().toList()) {
      String[] sides = line.split("->", -1);
      Set<String> known = new TreeSet<>(List.of(sides[1].strip().split(", *", -1)));
      known.remove("");
      diagram.put(sides[0].strip(), known);
    }
    return diagram;
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path root : List.of(MAIN, BESIDE)) {
      try (Stream<Path> files = Files.walk(root)) {
        files
            .filter(file -> file.toString().endsWith(".java") && !file.getParent().equals(MAIN))
            .forEach(sources::add);
      }
    }
    return sources;
  }

  private static String nameOf(Path file) {
    return file.startsWith(BESIDE)
        ? "org.apache.zookeeper"
        : MAIN.relativize(file.getParent()).toString().replace('/', '.');
  }

  private static List<String> known(Path file) throws IOException {
    return Pattern.compile("\\borg\\.lockex\\.([a-z]+(?:\\.[a-z]+)*)\\.[A-Z]")
        .matcher(Files.readString(file))
        .results()
        .map(match -> match.group(1))
        .toList();
  }
}
