package org.lockex.cli.lockexctl;

import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern for names, as in shells: {@code *}, {@code ?}, {@code [a-z]}, {@code [!a-z]}, and
 * {@code \} before a character that is meant literally.
 */
public final class Glob implements Predicate<String> {
  private final Pattern pattern;

  private Glob(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * Reads a pattern.
   *
   * @param text the pattern as in the shell
   * @return the pattern, ready to match
   * @throws IllegalArgumentException with a message that says what is wrong with it
   */
  public static Glob of(String text) {
    StringBuilder regex = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      switch (c) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append('.');
        case '[' -> at = set(text, at, regex);
        case '\\' -> {
          if (at == text.length()) {
            throw malformed(text, "\\ at its end");
          }
          literal(regex, text.charAt(at++));
        }
        default -> literal(regex, c);
      }
    }
    try {
      return new Glob(Pattern.compile(regex.toString(), Pattern.DOTALL));
    } catch (PatternSyntaxException e) {
      throw malformed(text, e.getDescription());
    }
  }

  /** {@return the pattern that matches every name} */
  public static Glob all() {
    return of("*");
  }

  @Override
  public boolean test(String name) {
    return pattern.matcher(name).matches();
  }

  private static int set(String text, int start, StringBuilder regex) {
    int at = start;
    regex.append('[');
    if (at < text.length() && (text.charAt(at) == '!' || text.charAt(at) == '^')) {
      regex.append('^');
      at++;
    }
    int first = at;
    while (at < text.length() && (text.charAt(at) != ']' || at == first)) {
      char c = text.charAt(at++);
      if (c == '-' && at - 1 > first && at < text.length() && text.charAt(at) != ']') {
        regex.append('-');
      } else {
        literal(regex, c);
      }
    }
    if (at == text.length()) {
      throw malformed(text, "[ without ]");
    }
    regex.append(']');
    return at + 1;
  }

  private static void literal(StringBuilder regex, char c) {
    if (c < 128 && !Character.isLetterOrDigit(c)) {
      regex.append('\\');
    }
    regex.append(c);
  }

  private static IllegalArgumentException malformed(String text, String why) {
    return new IllegalArgumentException("not a pattern (" + why + "): " + text);
  }
}
