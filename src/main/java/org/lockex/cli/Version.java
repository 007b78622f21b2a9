package org.lockex.cli;

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

  /** {@return the version without the commit: {@code 1.0.0}} */
  public static String number() {
    String text = text();
    int space = text.indexOf(' ');
    return space < 0 ? text : text.substring(0, space);
  }
}
