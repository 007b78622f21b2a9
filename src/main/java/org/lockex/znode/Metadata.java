package org.lockex.znode;

import java.util.List;

/**
 * What nodes tell of their contender. What they do not tell stands there as not known, in the form
 * that every version reads: the host and the user {@code ?}, the pid 0, the command empty.
 *
 * @param host the name of the machine
 * @param pid the process id
 * @param user the name of the user
 * @param command the command line
 */
public record Metadata(boolean host, boolean pid, boolean user, boolean command) {
  /** All of it. */
  public static final Metadata ALL = new Metadata(true, true, true, true);

  /** What is told in the place of a name. */
  static final String UNTOLD = "?";

  private static final List<String> NAMES = List.of("host", "pid", "user", "command");

  /**
   * Reads a list.
   *
   * @param text some of {@code host,pid,user,command}, or {@code none}
   * @return what is told
   * @throws IllegalArgumentException if it names something else; the message does
   */
  public static Metadata parse(String text) {
    List<String> told = text.equals("none") ? List.of() : List.of(text.split(",", -1));
    for (String name : told) {
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException("some of host,pid,user,command, or none: " + text);
      }
    }
    return new Metadata(
        told.contains("host"),
        told.contains("pid"),
        told.contains("user"),
        told.contains("command"));
  }
}
