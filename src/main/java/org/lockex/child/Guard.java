package org.lockex.child;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A shell that leads the command's process group and sleeps on a pipe whose other end only lockex
 * holds. However lockex ends, the pipe closes, and the guard stops the processes it was told of and
 * all below them, top down so that none can fork away, then kills them and its own group. While it
 * lives, the group's number is not reused.
 *
 * <p>All its signals are blocked from before its first instruction: those for the group must not
 * end it.
 *
 * @param pid of the guard, and the number of the process group
 * @param pipe lockex's end
 */
record Guard(int pid, int pipe) {
  /**
   * Builtins only: it needs no PATH, no fork, no memory to speak of. Each line read replaces the
   * processes to end, in the numbers that /proc shows; {@code own} turns those into ours where
   * /proc is another PID namespace's.
   */
  private static final String SCRIPT =
      """
      # lockex: ends the command when lockex is gone
      while read -r line; do roots=$line; done
      read -r me rest </proc/self/stat
      own() {
        pid=$1
        [ "$me" = $$ ] && return
        pid=
        while read -r key value; do
          case $key in NSpid:) pid=${value##*[!0-9]}; return;; esac
        done </proc/$1/status
      }
      all=' ' last= todo=$roots
      while :; do
        fresh=
        for p in $todo; do
          case $all in *" $p "*) continue;; esac
          own $p
          kill -STOP $pid
          all="$all$p " fresh="$fresh $p"
        done
        if [ -n "$fresh" ]; then scan=$fresh last=
        elif [ -z "$last" ]; then scan=$all last=1
        else break; fi
        todo=
        for p in $scan; do
          for list in /proc/$p/task/*/children; do
            kids=
            read -r kids <$list
            todo="$todo $kids"
          done
        done
      done
      for p in $all; do own $p; kill -KILL $pid; done
      kill -KILL 0
      """;

  /**
   * Starts it.
   *
   * @param devNull a descriptor of /dev/null
   */
  static Guard spawn(int devNull) throws ChildException {
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
                  List.of(bytes("sh"), bytes("-c"), bytes(SCRIPT), bytes("lockex-guard")),
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
