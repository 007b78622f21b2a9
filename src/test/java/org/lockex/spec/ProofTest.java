package org.lockex.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/proof.md says of the specifications and of the code. */
class ProofTest {
  private static final Path PAGE = Path.of("docs/proof.md");
  private static final Pattern METHOD = Pattern.compile("`([A-Z]\\w+)\\.([a-z]\\w+)`");

  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String name = file.getFileName().toString();
        sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
      }
    }
    return sources;
  }

  @Test
  void every_method_that_the_page_names_is_there() throws IOException {
    Map<String, String> sources = sources();
    Set<String> gone = new TreeSet<>();
    int[] named = new int[1];
    METHOD
        .matcher(Files.readString(PAGE))
        .results()
        .forEach(method -> {
          named[0]++;
          // A declaration: a type or the name's line begin before it, and no dot.
          Pattern declared =
              Pattern.compile("(?m)^ +[\\w<>@?., \\[\\]]+ " + method.group(2) + "\\(");
          String source = sources.getOrDefault(method.group(1), "");
          boolean there =
              declared
                  .matcher(source)
                  .results()
                  .anyMatch(line -> !line.group().contains("return "));
          if (!there) {
            gone.add(method.group());
          }
        });
    assertEquals(Set.of(), gone);
    assertTrue(named[0] > 60, "named: " + named[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LeaseAndKill", "Queue", "Grants"})
  void every_action_of_a_specification_is_in_its_table(String specification) throws IOException {
    String text = Files.readString(ModelChecker.SPECIFICATIONS.resolve(specification + ".tla"));
    String steps = text.substring(text.indexOf("\nNext =="), text.indexOf("\nSpec =="));
    int parts = text.indexOf("\nOfCommand(");
    String all = parts < 0 ? steps : text.substring(parts, text.indexOf("\nSpec =="));
    Set<String> actions = new TreeSet<>();
    Pattern.compile("\\b[A-Z][a-z]\\w+\\b")
        .matcher(all)
        .results()
        .map(word -> word.group())
        .filter(word -> Pattern.compile("(?m)^" + word + "\\b.* ==").matcher(text).find())
        .filter(word -> !List.of("Next", "OfCommand", "OfRequest").contains(word))
        .forEach(actions::add);
    String page = Files.readString(PAGE);
    String table = page.substring(page.indexOf("### `" + specification + "`"));
    table = table.substring(0, table.indexOf("\n#", 5));
    Set<String> told = new TreeSet<>();
    table
        .lines()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| action"))
        .forEach(line -> told.addAll(List.of(line.split("\\|")[1].strip().split(", "))));
    assertTrue(actions.size() > 10, actions::toString);
    assertEquals(actions, told);
  }
}
