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
  private final Spawn spawn;

  /** Prepares all that does not depend on the command. */
  CommandLaunch(Inherited inherited, int group) {
    this.inherited = inherited;
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
    int result = spawn(program, command.argv(), command.environ());
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

  private int spawn(byte[] program, List<byte[]> argv, List<byte[]> environ) {
    SignalDisposition.ignoreAgain(inherited.ignored());
    return spawn.run(program, argv, environ);
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
