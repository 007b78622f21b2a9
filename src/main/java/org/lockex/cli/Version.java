package org.lockex.cli;

/** The version of lockex. */
public final class Version {
  private Version() {}

  public static String text() {
    return "1.0.0";
  }

  public static String number() {
    return "1.0.0";
  }
}
