package org.lockex.child;

import java.nio.file.Path;
import java.util.List;

/**
 * A process that belongs to nobody: own session, working directory /, umask 077, standard input
 * /dev/null, output and errors appended to a log file, no other descriptor, no signal ignored or
 * blocked.
 *
 * <p>Only before {@link Child#start}: afterwards whatever comes of lockex is ended with the command.
 */
public final class Detached {
  private Detached() {}

  /**
   * Starts it and returns; whether it works is for the caller to see by other means, and in the log.
   *
   * @param argv a program by absolute path, and its arguments
   * @param environ each {@code NAME=value}
   * @param log created with mode 600, appended to
   * @throws ChildException if the system refuses a process
   */
  public static void spawn(List<String> argv, List<String> environ, Path log)
      throws ChildException {
    throw new UnsupportedOperationException();
  }
}
