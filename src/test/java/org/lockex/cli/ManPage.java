package org.lockex.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The source of a man page in {@code man/}: its sections, and the terms they explain. */
record ManPage(List<String> lines) {
  private static final Pattern OPTION = Pattern.compile("\\*(--?[a-zA-Z][a-z-]*)\\*");

  static ManPage of(String name) throws IOException {
    return new ManPage(Files.readAllLines(Path.of("man", name + ".adoc")));
  }

  /** The lines below a heading, up to the next heading of its level. */
  List<String> section(String heading) {
    int start = lines.indexOf(heading);
    if (start < 0) {
      throw new AssertionError("no section " + heading);
    }
    String mark = heading.substring(0, heading.indexOf(' ') + 1);
    return lines.subList(start + 1, lines.size()).stream()
        .takeWhile(line -> !line.startsWith(mark) && !line.startsWith("== "))
        .toList();
  }

  /**
   * The options that a section explains, each as all its names and its parameter: {@code -i --id
   * ID}.
   */
  List<String> options(String heading) {
    return section(heading).stream()
        .filter(line -> line.startsWith("*-") && line.endsWith("::"))
        .map(line -> String.join(" ", names(line)) + parameter(line))
        .toList();
  }

  private static List<String> names(String line) {
    return OPTION.matcher(line).results().map(match -> match.group(1)).toList();
  }

  private static String parameter(String line) {
    return Pattern.compile(" _([a-zA-Z:|]+)_::$")
        .matcher(line)
        .results()
        .map(match -> " " + match.group(1))
        .findFirst()
        .orElse("");
  }

  /** The terms of a section with their explanations: {@code *64*::} and its text. */
  Stream<MatchResult> terms(String heading, String term) {
    return Pattern.compile("^\\*(" + term + ")\\*::\n(.*)$", Pattern.MULTILINE)
        .matcher(String.join("\n", section(heading)))
        .results();
  }

  /** The commands shown in a section. */
  List<String> examples(String heading) {
    return section(heading).stream()
        .filter(line -> line.startsWith("    "))
        .map(String::strip)
        .toList();
  }
}
