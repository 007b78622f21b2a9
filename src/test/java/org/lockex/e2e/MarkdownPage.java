package org.lockex.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The README, or one of the pages beside it.
 *
 * @param name its path
 */
record MarkdownPage(String name) {
  static final MarkdownPage README = new MarkdownPage("README.md");

  /** All pages, the README first. */
  static Stream<MarkdownPage> all() throws IOException {
    try (Stream<Path> docs = Files.list(Path.of("docs"))) {
      return Stream.concat(
          Stream.of(README),
          docs
              .map(Path::toString)
              .filter(name -> name.endsWith(".md"))
              .sorted()
              .map(MarkdownPage::new)
              .toList()
              .stream());
    }
  }

  String text() throws IOException {
    return Files.readString(Path.of(name));
  }

  /** What stands in fences of this language. */
  List<String> blocks(String language) throws IOException {
    return Pattern.compile("^```" + language + "\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
        .matcher(text())
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  /** What stands in the fence that begins with a comment that is {@code title}, a file's path. */
  String file(String title) throws IOException {
    return Pattern.compile(
            "^```\\w+\n((?:#|--) " + Pattern.quote(title) + "\n.*?)^```$",
            Pattern.DOTALL | Pattern.MULTILINE)
        .matcher(text())
        .results()
        .map(match -> match.group(1))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + title + " in " + name));
  }

  /** The languages of its fences, in their order; empty for one without. */
  List<String> languages() throws IOException {
    return Pattern.compile("^```(.*)\n(?:.*\n)*?```$", Pattern.MULTILINE)
        .matcher(text())
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  /** The addresses of its links. */
  List<String> links() throws IOException {
    return Pattern.compile("\\]\\(([^)\\s]+)\\)")
        .matcher(text())
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
