package org.lockex.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that docs/reliability.md names are there. */
class ReliabilityTest {
  private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT|E2E))\\.(\\w+)`");

  @Test
  void every_past_fault_has_the_test_that_the_page_names() throws IOException {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        sources.put(
            file.getFileName().toString().replaceFirst("\\.java$", ""), Files.readString(file));
      }
    }
    String page = Files.readString(Path.of("docs/reliability.md"));
    List<String> named = NAMED.matcher(page).results().map(test -> test.group()).toList();
    assertTrue(named.size() > 20, "named: " + named.size());
    List<String> gone =
        NAMED
            .matcher(page)
            .results()
            .filter(test ->
                !sources.getOrDefault(test.group(1), "").contains("void " + test.group(2) + "("))
            .map(test -> test.group())
            .toList();
    assertEquals(List.of(), gone);
  }
}
