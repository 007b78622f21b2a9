package org.lockex.child;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that belongs to nobody: own session, working directory /, umask 077, standard input
 * /dev/null, output and errors appended to a log file, no other descriptor, no signal blocked, none
 * ignored but INT and QUIT.
 *
 * <p>Only before {@link Child#start}: afterwards whatever comes of lockex is ended with the
 * command.
 */
public final class Detached {
  /** The shell ends at once, so the process falls to init. */
  private static final String SCRIPT = "cd / && umask 077 && { exec \"$@\" & }";

  private static final int P_PID = 1; // linux/wait.h

  private Detached() {}

  /**
   * Starts it and returns; whether it works is for the caller to see by other means, and in the
   * log.
   *
   * @param argv a program by absolute path, and its arguments
   * @param environ each {@code NAME=value}
   * @param log created with mode 600, appended to
   * @throws IOException if the system refuses a process
   */
  public static void spawn(List<String> argv, List<String> environ, Path log) throws IOException {
    try {
      start(argv, environ, log);
    } catch (ChildException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void start(List<String> argv, List<String> environ, Path log)
      throws ChildException {
    List<byte[]> command =
        new ArrayList<>(List.of(bytes("sh"), bytes("-c"), bytes(SCRIPT), bytes("lockex-detached")));
    argv.forEach(word -> command.add(bytes(word)));
    int in = ChildException.check("cannot open /dev/null", open("/dev/null", Libc.O_RDONLY));
    try {
      int out =
          ChildException.check(
              "cannot open " + log,
              open(log.toString(), Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND));
      try {
        reap(start(in, out, command, environ.stream().map(Detached::bytes).toList()));
      } finally {
        Libc.close(out);
      }
    } finally {
      Libc.close(in);
    }
  }

  private static int start(int in, int out, List<byte[]> argv, List<byte[]> environ)
      throws ChildException {
    try (Spawn spawn = new Spawn()) {
      return ChildException.check(
          "cannot start /bin/sh",
          spawn
              .session()
              .blocked(0)
              .ignored(0)
              .dup2(in, 0)
              .dup2(out, 1)
              .dup2(out, 2)
              .keepOnly(List.of(0, 1, 2))
              .run(bytes("/bin/sh"), argv, environ));
    }
  }

  /**
   * Waits for the shell, which ends at once; the reaper of a prepared child may have been first.
   */
  private static void reap(int pid) {
    try (Arena arena = Arena.ofConfined()) {
      int result;
      do {
        result = Libc.waitid(P_PID, pid, arena.allocate(128, 8), Libc.WEXITED);
      } while (result == -Libc.EINTR);
    }
  }

  private static int open(String path, int flags) {
    return Libc.open(bytes(path), flags, 0600);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
