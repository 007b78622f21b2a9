package org.lockex.child;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A shell that leads the command's process group and sleeps on a pipe whose other end only lockex
 * holds. However lockex ends, the pipe closes, and the guard ends the command and all that came of
 * it: see {@code src/main/sh/guard.sh}. While it lives, the group's number is not reused.
 *
 * <p>All its signals are blocked from before its first instruction: those for the group must not
 * end it.
 *
 * @param pid of the guard, and the number of the process group
 * @param pipe lockex's end
 */
record Guard(int pid, int pipe) {
  /**
   * Starts it.
   *
   * @param devNull a descriptor of /dev/null
   * @param self the number that /proc shows for this process
   */
  static Guard spawn(int devNull, int self) throws ChildException {
    int[] ends = new int[2];
    ChildException.check("cannot make a pipe", Libc.pipe(ends));
    try (Spawn spawn = new Spawn()) {
      int pid =
          spawn
              .group(0)
              .blocked(-1L)
              .ignored(0)
              .dup2(ends[0], 0)
              .dup2(devNull, 1)
              .dup2(devNull, 2)
              .keepOnly(List.of(0, 1, 2))
              .run(
                  bytes("/bin/sh"),
                  List.of(
                      bytes("sh"),
                      bytes("-c"),
                      bytes(GuardScript.TEXT),
                      bytes("lockex-guard"),
                      bytes(Integer.toString(self))),
                  List.of());
      if (pid < 0) {
        Libc.close(ends[1]);
        throw ChildException.of("cannot start /bin/sh as the guard", pid);
      }
      return new Guard(pid, ends[1]);
    } finally {
      Libc.close(ends[0]);
    }
  }

  /**
   * Tells it how to know the command: by the variables LOCKEX_TOKEN and LOCKEX_SESSION, which only
   * it and what comes of it have with these values. Without them there is no mark.
   */
  void mark(List<byte[]> environ) {
    String token = variable("LOCKEX_TOKEN=", environ);
    String session = variable("LOCKEX_SESSION=", environ);
    if (!token.isEmpty() && !session.isEmpty()) {
      Libc.write(pipe, bytes("=" + token + " " + session + "\n"));
    }
  }

  private static String variable(String start, List<byte[]> environ) {
    // The last of a name is ours; this is on the way to the command, where a stream takes long.
    for (int i = environ.size() - 1; i >= 0; i--) {
      byte[] entry = environ.get(i);
      if (entry.length >= start.length()
          && new String(entry, 0, start.length(), US_ASCII).equals(start)) {
        return new String(entry, US_ASCII);
      }
    }
    return "";
  }

  /** Tells it whom to end with all below them, in /proc's numbers, in place of those before. */
  void watch(Collection<Integer> roots) {
    String line = roots.stream().map(String::valueOf).collect(Collectors.joining(" ", "", "\n"));
    // A line of up to PIPE_BUF (4096) bytes is written whole. If the guard is dead, its end is told
    // as an event, and this fails with EPIPE.
    Libc.write(pipe, bytes(line));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }
}
