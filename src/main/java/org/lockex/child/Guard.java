package org.lockex.child;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A shell that leads the command's process group and sleeps on a pipe whose other end only lockex
 * holds. However lockex ends, the pipe closes, and the guard stops the processes it was told of and
 * all below them, top down so that none can fork away, then kills them; then those orphans that
 * bear the command's mark; then its own group. While it lives, the group's number is not reused.
 *
 * <p>All its signals are blocked from before its first instruction: those for the group must not
 * end it.
 *
 * @param pid of the guard, and the number of the process group
 * @param pipe lockex's end
 */
record Guard(int pid, int pipe) {
  /**
   * Builtins only: it needs no PATH, no fork, no memory to speak of.
   *
   * <p>A line is either {@code =TOKEN SESSION}, two variables of the command's environment as a
   * mark, or the processes to end in place of those before, in the numbers that /proc shows; {@code
   * own} turns those into ours where /proc is another PID namespace's.
   *
   * <p>{@code orphans} finds what lockex had not told of: a command that ran before lockex came to
   * tell its number, and what had left the tree. When lockex dies, all its children fall to whom
   * the guard itself falls to, so only the children of its own parent are looked at, of those only
   * the younger ones, and of those only the ones with the mark. ({@code read} leaves NULs out.)
   */
  private static final String SCRIPT =
      """
      # lockex: ends the command when lockex is gone
      lockex=$1
      stat() {
        read -r line </proc/$1/stat || return
        set -- ${line##*) }
        parent=$2 born=${20}
      }
      own() {
        pid=$1
        [ "$me" = $$ ] && return
        pid=
        while read -r key value; do
          case $key in NSpid:) pid=${value##*[!0-9]}; return;; esac
        done </proc/$1/status
      }
      marked() {
        has=
        while IFS= read -r line || [ -n "$line" ]; do
          case $line in *"$token"[!0-9]*|*"$token") has=t$has;; esac
          case $line in *"$session"*) has=${has}s;; esac
        done </proc/$1/environ
        case $has in *t*s*|*s*t*) return 0;; esac
        return 1
      }
      orphans() {
        stat self
        adopter=$parent
        for list in /proc/$adopter/task/*/children; do
          kids=
          read -r kids <$list
          for p in $kids; do
            [ $p = $me ] && continue
            if [ $adopter != $lockex ]; then
              [ -n "$token" ] && stat $p && [ $born -ge $since ] && marked $p || continue
            fi
            todo="$todo $p"
          done
        done
      }
      end() {
        all=' ' last=
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
      }
      stat self
      since=$born
      while IFS= read -r line; do
        case $line in
          =*) token=${line% *} token=${token#=} session=${line#* } ;;
          *) roots=$line ;;
        esac
      done
      read -r me rest </proc/self/stat
      todo=$roots
      end
      for again in 1 2 3; do
        todo=
        orphans
        [ -z "$todo" ] || end
      done
      kill -KILL 0
      """;

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
                      bytes(SCRIPT),
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
