package org.lockex;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How large a file and a folder of main may get, and that a name stands for one thing. */
class HouseTest {
  private static final int MOST_LINES = 300;
  private static final int MOST_FILES = 30;

  /** The one file of foreign functions. */
  private static final String LIBC = "lockex/child/Libc.java";

  private static final Pattern COMMENT_OR_TEXT =
      Pattern.compile(
          "//[^\n]*|/\\*.*?\\*/|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\])+'",
          Pattern.DOTALL);
  private static final Pattern TYPE =
      Pattern.compile("\\b(?:class|interface|enum|record)\\s+([A-Z]\\w*)\\s*[(<{a-z]");

  private final Path main = Path.of("src/main/java/org");

  @Test
  void files_and_folders_are_small_and_a_simple_name_stands_once() throws IOException {
    Set<String> found = new TreeSet<>();
    Map<Path, Integer> files = new HashMap<>();
    Map<String, Integer> names = new HashMap<>();
    for (Path file : sources()) {
      String path = main.relativize(file).toString();
      String text = Files.readString(file);
      if (text.lines().count() > MOST_LINES && !path.equals(LIBC)) {
        found.add("file " + path);
      }
      files.merge(file.getParent(), 1, Integer::sum);
      types(text).forEach(name -> names.merge(name, 1, Integer::sum));
    }
    files.forEach((folder, count) -> {
      if (count > MOST_FILES) {
        found.add("folder " + main.relativize(folder));
      }
    });
    names.forEach((name, count) -> {
      if (count > 1) {
        found.add("name " + name);
      }
    });
    assertEquals(Set.of(), found);
  }

  private List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(main)) {
      return files.filter(path -> path.toString().endsWith(".java")).toList();
    }
  }

  /** Top level and nested. */
  private static List<String> types(String text) {
    return TYPE.matcher(COMMENT_OR_TEXT.matcher(text).replaceAll(" "))
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toList());
  }
}
