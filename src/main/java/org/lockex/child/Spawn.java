package org.lockex.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One posix_spawn(3) in the making: what the new process has of this one. Nothing is inherited but
 * what is said, because the JVM's own descriptors, handlers and masks are not the command's.
 */
final class Spawn implements AutoCloseable {
  // spawn.h
  private static final int SETPGROUP = 0x02;
  private static final int SETSIGDEF = 0x04;
  private static final int SETSIGMASK = 0x08;
  private static final int SETSID = 0x80;

  private static final MemorySegment SPAWNP = Libc.symbol("posix_spawnp");
  private static final MemorySegment ATTR_INIT = Libc.symbol("posix_spawnattr_init");
  private static final MemorySegment ATTR_FLAGS = Libc.symbol("posix_spawnattr_setflags");
  private static final MemorySegment ATTR_GROUP = Libc.symbol("posix_spawnattr_setpgroup");
  private static final MemorySegment ATTR_DEFAULT = Libc.symbol("posix_spawnattr_setsigdefault");
  private static final MemorySegment ATTR_MASK = Libc.symbol("posix_spawnattr_setsigmask");
  private static final MemorySegment ATTR_DESTROY = Libc.symbol("posix_spawnattr_destroy");
  private static final MemorySegment FILES_INIT = Libc.symbol("posix_spawn_file_actions_init");
  private static final MemorySegment FILES_DUP2 = Libc.symbol("posix_spawn_file_actions_adddup2");
  private static final MemorySegment FILES_CLOSE = Libc.symbol("posix_spawn_file_actions_addclose");
  private static final MemorySegment FILES_CLOSE_FROM =
      Libc.symbol("posix_spawn_file_actions_addclosefrom_np"); // glibc 2.34
  private static final MemorySegment FILES_DESTROY =
      Libc.symbol("posix_spawn_file_actions_destroy");

  /** Not freed: a process has two or three of these, which may go from thread to thread. */
  private final Arena arena = Arena.global();

  private final MemorySegment attributes = arena.allocate(Libc.SIZEOF_SPAWNATTR, 8);
  private final MemorySegment files = arena.allocate(Libc.SIZEOF_FILE_ACTIONS, 8);
  private int flags;

  Spawn() {
    Libc.call(ATTR_INIT, attributes.address(), 0, 0);
    Libc.call(FILES_INIT, files.address(), 0, 0);
  }

  /** Joins the process group, or leads a new one if zero. */
  Spawn group(int group) {
    flags |= SETPGROUP;
    Libc.call(ATTR_GROUP, attributes.address(), group, 0);
    return this;
  }

  /** Leads a new session. */
  Spawn session() {
    flags |= SETSID;
    return this;
  }

  /**
   * Blocks these signals and no other.
   *
   * @param mask bit n - 1 is signal n
   */
  Spawn blocked(long mask) {
    flags |= SETSIGMASK;
    Libc.call(ATTR_MASK, attributes.address(), set(mask).address(), 0);
    return this;
  }

  /** Sets all signals to their default but these, which stay as they are here: ignored. */
  Spawn ignored(long mask) {
    flags |= SETSIGDEF;
    Libc.call(ATTR_DEFAULT, attributes.address(), set(~mask).address(), 0);
    return this;
  }

  /** The descriptor {@code from} of this process is {@code to} of the new one. */
  Spawn dup2(int from, int to) {
    Libc.call(FILES_DUP2, files.address(), from, to);
    return this;
  }

  /**
   * Closes all but these. Which others are open does not matter, so no thread that opens one
   * meanwhile can slip it in.
   *
   * @param descriptors ascending
   */
  Spawn keepOnly(List<Integer> descriptors) {
    int next = 0;
    for (int keep : descriptors) {
      while (next < keep) {
        Libc.call(FILES_CLOSE, files.address(), next++, 0);
      }
      next = keep + 1;
    }
    Libc.call(FILES_CLOSE_FROM, files.address(), next, 0);
    return this;
  }

  /**
   * Runs it.
   *
   * @param program looked up in PATH when it holds no slash
   * @return the pid, or -errno when it cannot be executed
   */
  int run(byte[] program, List<byte[]> argv, List<byte[]> environ) {
    Libc.call(ATTR_FLAGS, attributes.address(), flags, 0);
    MemorySegment pid = arena.allocate(JAVA_INT);
    int error =
        Libc.call(
            SPAWNP,
            pid.address(),
            Libc.string(arena, program).address(),
            files.address(),
            attributes.address(),
            Libc.strings(arena, argv).address(),
            Libc.strings(arena, environ).address());
    return error == 0 ? pid.get(JAVA_INT, 0) : -error;
  }

  @Override
  public void close() {
    Libc.call(FILES_DESTROY, files.address(), 0, 0);
    Libc.call(ATTR_DESTROY, attributes.address(), 0, 0);
  }

  /** A sigset_t: its first 64 bits hold Linux's 64 signals. */
  private MemorySegment set(long mask) {
    MemorySegment set = arena.allocate(Libc.SIZEOF_SIGSET, 8);
    set.set(JAVA_LONG, 0, mask);
    return set;
  }
}
