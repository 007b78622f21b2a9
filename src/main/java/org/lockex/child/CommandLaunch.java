package org.lockex.child;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Executes the command with what lockex inherited, in the guard's group. */
final class CommandLaunch {
  private static final byte[] SHELL = "/bin/sh".getBytes(US_ASCII);

  /** Where posix_spawnp(3) looks without PATH: confstr(_CS_PATH), glibc. */
  private static final String DEFAULT_PATH = "PATH=/bin:/usr/bin";

  private final Inherited inherited;
  private final int group;
  private final int devNull;
  private final Spawn spawn;

  /**
   * Prepares all that does not depend on the command.
   *
   * @param devNull a descriptor of /dev/null
   */
  CommandLaunch(Inherited inherited, int group, int devNull) {
    this.inherited = inherited;
    this.group = group;
    this.devNull = devNull;
    this.spawn =
        new Spawn()
            .group(group)
            .blocked(inherited.blocked())
            .ignored(inherited.ignored())
            .keepOnly(inherited.descriptors());
  }

  /** Returns its pid. */
  int run(Command command) throws CommandNotStarted, ChildException {
    byte[] program = command.argv().getFirst();
    List<String> renumbered = ownNumbers(command);
    int result =
        renumbered.isEmpty()
            ? spawn(program, command.argv(), command.environ())
            : spawnRenumbered(renumbered, command);
    if (result == -Libc.ENOEXEC) {
      // A script without #!: execvp(3), flock(1), timeout(1) and every shell take it for sh's.
      List<byte[]> argv = new ArrayList<>(List.of(SHELL, find(program, command.environ())));
      argv.addAll(command.argv().subList(1, command.argv().size()));
      result = spawn(SHELL, argv, command.environ());
    }
    if (result > 0) {
      return result;
    }
    String what = "cannot run " + new String(program, UTF_8);
    if (result == -Libc.EAGAIN || result == -Libc.ENOMEM) {
      throw ChildException.of(what, result);
    }
    throw new CommandNotStarted(what + ": " + Libc.strerror(-result), -result);
  }

  /**
   * The same of a command beside the first, with standard input from /dev/null, output and errors
   * to lockex's standard error: the first one's descriptors are not open here any more.
   */
  int runBeside(Command command) throws ChildException {
    byte[] program = command.argv().getFirst();
    try (Spawn beside = new Spawn()) {
      beside
          .group(group)
          .blocked(inherited.blocked())
          .ignored(inherited.ignored())
          .dup2(devNull, 0)
          .dup2(2, 1)
          .keepOnly(List.of(0, 1, 2));
      SignalDisposition.ignoreAgain(inherited.ignored());
      return ChildException.check(
          "cannot run " + new String(program, UTF_8),
          beside.run(program, command.argv(), command.environ()));
    }
  }

  private int spawn(byte[] program, List<byte[]> argv, List<byte[]> environ) {
    SignalDisposition.ignoreAgain(inherited.ignored());
    return spawn.run(program, argv, environ);
  }

  /**
   * Those variables of service managers that name the process they are for, where they name lockex:
   * they are for the command (sd_listen_fds(3), sd_watchdog_enabled(3)).
   */
  private static List<String> ownNumbers(Command command) {
    List<String> names = new ArrayList<>();
    String self = Boolean.getBoolean("lockex.init") ? "1" : Integer.toString(Libc.getpid());
    for (byte[] entry : command.environ()) {
      int equals = indexOf(entry, '=', 0);
      if (equals < 1) {
        return List.of(); // env(1) cannot set it
      }
      if (entry.length < 24 && entry.length > 10) {
        String text = new String(entry, US_ASCII);
        for (String name : List.of("LISTEN_PID", "WATCHDOG_PID")) {
          if (text.equals(name + "=" + self)) {
            names.add(name);
          }
        }
      }
    }
    boolean runs = Libc.executable(find(command.argv().getFirst(), command.environ()));
    return runs && indexOf(command.argv().getFirst(), '=', 0) < 0 ? names : List.of();
  }

  /**
   * The number is known only to the new process: a shell that tells it env(1), which becomes the
   * command with all other variables as they are.
   */
  private int spawnRenumbered(List<String> names, Command command) {
    StringBuilder script = new StringBuilder("exec /usr/bin/env -i");
    names.forEach(name -> script.append(' ').append(name).append("=$$"));
    script.append(" \"$@\"");
    List<byte[]> argv = new ArrayList<>();
    for (String word : List.of("sh", "-c", script.toString(), "sh")) {
      argv.add(word.getBytes(US_ASCII));
    }
    for (byte[] entry : command.environ()) {
      String name = new String(entry, 0, indexOf(entry, '=', 0), US_ASCII);
      if (!names.contains(name)) {
        argv.add(entry);
      }
    }
    argv.addAll(command.argv());
    return spawn(SHELL, argv, List.of());
  }

  /** The file that posix_spawnp(3) found by this name. */
  static byte[] find(byte[] program, List<byte[]> environ) {
    if (indexOf(program, '/', 0) >= 0) {
      return program;
    }
    byte[] path =
        environ.stream()
            .filter(entry -> entry.length > 4 && new String(entry, 0, 5, US_ASCII).equals("PATH="))
            .findFirst()
            .orElseGet(() -> DEFAULT_PATH.getBytes(US_ASCII));
    int start = 5;
    while (start <= path.length) {
      int colon = indexOf(path, ':', start);
      int end = colon < 0 ? path.length : colon;
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      if (end > start) {
        file.write(path, start, end - start);
        file.write('/');
      }
      file.writeBytes(program);
      if (Libc.executable(file.toByteArray())) {
        return file.toByteArray();
      }
      start = end + 1;
    }
    return program;
  }

  private static int indexOf(byte[] bytes, char wanted, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
