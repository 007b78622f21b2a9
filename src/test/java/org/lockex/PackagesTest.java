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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which package knows which: each only those below it. */
class PackagesTest {
  private static final Set<String> LOCK =
      Set.of("lock.session", "lock.lease", "lock.hold", "lock.queue");
  private static final Set<String> FOUNDATION =
      union(LOCK, Set.of("znode", "cli", "child", "local"));
  private static final Set<String> GATEWAY =
      Set.of("gateway.async", "gateway.lease", "gateway.http", "gateway.dialect", "gateway.status");
  private static final Map<String, Set<String>> KNOWS =
      Map.ofEntries(
          Map.entry("znode", Set.of()),
          Map.entry("lock.session", Set.of("znode")),
          Map.entry("lock.lease", Set.of("znode", "lock.session")),
          Map.entry("lock.hold", Set.of("znode", "lock.session", "lock.lease")),
          Map.entry("lock.queue", Set.of("znode", "lock.session", "lock.lease", "lock.hold")),
          Map.entry("child", Set.of()),
          Map.entry("local", Set.of("child", "cli", "lock.session")),
          Map.entry("cli", Set.of("znode", "lock.session")),
          Map.entry("run", FOUNDATION),
          Map.entry("inspect", FOUNDATION),
          Map.entry("gateway.async", Set.of()),
          Map.entry("gateway.lease", Set.of("znode", "gateway.async")),
          Map.entry("gateway.http", Set.of()),
          Map.entry("gateway.dialect", Set.of("znode", "gateway.lease", "gateway.http")),
          Map.entry("gateway.status", Set.of("znode", "gateway.lease", "gateway.http")),
          Map.entry("gateway", union(FOUNDATION, GATEWAY)));

  @Test
  void packages_know_only_those_below_them() throws IOException {
    Path root = Path.of("src/main/java/org/lockex");
    Set<String> surplus = new TreeSet<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        Path folder = root.relativize(file).getParent();
        if (folder != null) {
          String own = folder.toString().replace('/', '.');
          known(file).stream()
              .filter(other -> !other.equals(own) && !KNOWS.get(own).contains(other))
              .forEach(other -> surplus.add(own + " -> " + other + " in " + file));
        }
      }
    }
    assertEquals(Set.of(), surplus);
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    return Stream.concat(some.stream(), others.stream()).collect(Collectors.toUnmodifiableSet());
  }

  private static List<String> known(Path file) throws IOException {
    return Pattern.compile("\\borg\\.lockex\\.([a-z]+(?:\\.[a-z]+)*)\\.[A-Z]")
        .matcher(Files.readString(file))
        .results()
        .map(match -> match.group(1))
        .toList();
  }
}
