package org.lockex.child;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The processes below this one, from /proc/PID/task/TID/children (proc(5)). Numbers here are those
 * that /proc shows, which differ from getpid's where a PID namespace sees its parent's /proc.
 */
final class ProcessTree {
  /**
   * A process as /proc/PID/stat shows it.
   *
   * @param state R, S, D, T, Z and so on
   */
  record Stat(char state, int parent, int group) {}

  /** As many as one cares to read of. */
  private static final int MOST_NAMED = 20;

  private final int self;
  private final boolean foreign;

  /**
   * Looks whether /proc can be used.
   *
   * @throws ChildException if it cannot: descendants would go unseen
   */
  ProcessTree() throws ChildException {
    String own = read("/proc/self/stat");
    if (own.isEmpty()) {
      throw new ChildException("cannot read /proc/self/stat: is /proc mounted?");
    }
    self = Integer.parseInt(own.substring(0, own.indexOf(' ')));
    foreign = self != Libc.getpid();
    if (!new File("/proc/self/task/" + self + "/children").canRead()) {
      throw new ChildException(
          "cannot read /proc/self/task/*/children: the kernel has no CONFIG_PROC_CHILDREN");
    }
  }

  /** The number that /proc shows for this process. */
  int self() {
    return self;
  }

  /** The children of this process, zombies too. */
  Set<Integer> children() {
    return children("self");
  }

  /** The number that /proc shows for the calling thread; "-" if it shows none. */
  static String task() {
    try {
      Path link = Files.readSymbolicLink(Path.of("/proc/thread-self"));
      return String.valueOf(link.getFileName());
    } catch (IOException e) {
      return "-";
    }
  }

  /**
   * The children of one thread, zombies too, and all orphans that came to this process, none left
   * out; nothing if that cannot be told.
   *
   * <p>proc(5) calls the lists unreliable, because a child that is reaped while one is read makes
   * the kernel skip another (get_children_pid in fs/proc/array.c). So nothing may be reaped
   * meanwhile. Then a child leaves the list of the thread that started it only with the end of that
   * thread, for that of the first one, where orphans come, too: it is read last.
   *
   * @param task from {@link #task}
   */
  Optional<Set<Integer>> childrenOf(String task) {
    Set<Integer> children = new LinkedHashSet<>();
    for (String list : List.of(task, Integer.toString(self))) {
      Optional<String> text =
          Libc.read(("/proc/self/task/" + list + "/children").getBytes(StandardCharsets.US_ASCII));
      if (text.isEmpty()) {
        return Optional.empty();
      }
      addNumbers(text.get(), children);
    }
    return Optional.of(children);
  }

  /** All descendants of this process but one child and what comes of it, parents first. */
  Set<Integer> descendants(int except) {
    Set<Integer> below = children();
    below.remove(except);
    List<Integer> todo = new ArrayList<>(below);
    for (int i = 0; i < todo.size(); i++) {
      for (int child : children(Integer.toString(todo.get(i)))) {
        if (child != except && below.add(child)) {
          todo.add(child);
        }
      }
    }
    return below;
  }

  /**
   * Sends a signal to a process found here, if it still is a child of one of its kin: its number
   * may have gone to a stranger meanwhile.
   *
   * @return whether there was a living process to send it to and it was allowed
   */
  boolean signal(int pid, Set<Integer> kin, int signal) {
    int fd = Libc.open(("/proc/" + pid).getBytes(StandardCharsets.US_ASCII), Libc.O_RDONLY, 0);
    if (fd < 0) {
      return false;
    }
    try {
      // The descriptor stands for one process for good, so what stat says now is said of that one,
      // or it is dead and the signal reaches nobody.
      Stat stat = stat(pid);
      if (stat == null
          || stat.state == 'Z'
          || (stat.parent != self && !kin.contains(stat.parent))) {
        return false;
      }
      int result = Libc.pidfdSendSignal(fd, signal);
      if (result < 0 && result != -Libc.ESRCH && !foreign) {
        result = Libc.kill(pid, signal); // before Linux 5.1, or a seccomp filter
      }
      return result == 0;
    } finally {
      Libc.close(fd);
    }
  }

  /** What /proc says of it; null if it is gone. */
  @Nullable Stat stat(int pid) {
    return parse(read("/proc/" + pid + "/stat"));
  }

  /**
   * What lives below this process; empty if nothing does.
   *
   * @param except not this child and what comes of it
   */
  Optional<ChildEvent.LeftBehind> leftBehind(int except) {
    List<String> some = new ArrayList<>();
    int more = 0;
    for (int pid : descendants(except)) {
      Stat stat = some.size() < MOST_NAMED ? stat(pid) : null;
      if (some.size() == MOST_NAMED) {
        more++;
      } else if (stat != null && stat.state() != 'Z') {
        some.add(pid + " (" + read("/proc/" + pid + "/comm").strip() + ")");
      }
    }
    return some.isEmpty() ? Optional.empty() : Optional.of(new ChildEvent.LeftBehind(some, more));
  }

  /** The number that /proc shows for a child of this process. */
  int shown(int pid) {
    if (!foreign) {
      return pid;
    }
    for (int child : children()) {
      for (String line : read("/proc/" + child + "/status").split("\n", -1)) {
        if (line.startsWith("NSpid:") && line.endsWith("\t" + pid)) {
          return child;
        }
      }
    }
    return 0;
  }

  static @Nullable Stat parse(String line) {
    int name = line.lastIndexOf(')'); // the name itself may hold spaces and parentheses
    if (name < 0) {
      return null;
    }
    String[] fields = line.substring(name + 2).split(" ", 4);
    return new Stat(fields[0].charAt(0), Integer.parseInt(fields[1]), Integer.parseInt(fields[2]));
  }

  private static Set<Integer> children(String pid) {
    Set<Integer> children = new LinkedHashSet<>();
    String[] tasks = new File("/proc/" + pid + "/task").list();
    for (String task : tasks == null ? new String[0] : tasks) {
      addNumbers(read("/proc/" + pid + "/task/" + task + "/children"), children);
    }
    return children;
  }

  /** Each is followed by a space. */
  private static void addNumbers(String list, Set<Integer> numbers) {
    int start = 0;
    for (int space = list.indexOf(' '); space >= 0; space = list.indexOf(' ', start)) {
      numbers.add(Integer.valueOf(list.substring(start, space)));
      start = space + 1;
    }
  }

  /** The file, or nothing if the process is gone. */
  private static String read(String file) {
    try (FileInputStream in = new FileInputStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }
}
