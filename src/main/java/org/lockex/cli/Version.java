package org.lockex.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The version of lockex, as the launcher tells it: the image's builder writes the version of the
 * build file and the commit there, because a class would make the AOT caches anew for every commit.
 */
public final class Version {
  private static final String PROPERTY = "lockex.version";

  private Version() {}

  /** {@return the version with the commit: {@code 1.0.0 (0123456789ab)}} */
  public static String text() {
    return System.getProperty(PROPERTY, "unknown");
  }

  /**
   * The version with the commit, and on lines of their own those of what is bundled.
   *
   * @param verbose whether those are wanted
   * @return one line or more, without a line feed at the end
   */
  public static String text(boolean verbose) {
    if (!verbose) {
      return text();
    }
    Path lib = Path.of(System.getProperty("java.home")).resolveSibling("lib");
    try {
      return text() + "\n" + Files.readString(lib.resolve("versions")).strip();
    } catch (IOException e) {
      return text();
    }
  }

  /** {@return the version without the commit: {@code 1.0.0}} */
  public static String number() {
    String text = text();
    int space = text.indexOf(' ');
    return space < 0 ? text : text.substring(0, space);
  }
}
