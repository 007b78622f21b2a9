package org.lockex.child;

import java.util.List;

/**
 * What to run: bytes throughout, because Java's strings lose what is not in the locale's character
 * set.
 *
 * @param argv the program, looked up in PATH when it holds no slash, and its arguments; not empty
 * @param environ the whole environment, each entry {@code NAME=value}
 */
public record Command(List<byte[]> argv, List<byte[]> environ) {
  /** Copies both lists. */
  public Command {
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a command has at least its program");
    }
    argv = List.copyOf(argv);
    environ = List.copyOf(environ);
  }

  /**
   * The file that would be executed.
   *
   * @return its path, relative where it is named so; the bare name where it is not found
   */
  public byte[] file() {
    return CommandLaunch.find(argv.getFirst(), environ);
  }
}
