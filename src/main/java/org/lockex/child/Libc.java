package org.lockex.child;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The C library: the only file that leaves Java.
 *
 * <p>Every function is called through one handle of one shape, six integers in and one out, because
 * each further shape costs some milliseconds at the start. That is sound on the two architectures
 * this runs on: System V AMD64 and AAPCS64 pass the first six integers and pointers in registers, a
 * callee looks at no more of them than it has parameters, and at no more bits than they are wide.
 *
 * <p>Failures are negative errno values, as from the kernel. Safe for use from any thread.
 */
@SuppressWarnings("restricted") // calling C is what it is for
final class Libc {
  // asm-generic/errno-base.h
  static final int ENOENT = 2;
  static final int ESRCH = 3;
  static final int EINTR = 4;
  static final int ENOEXEC = 8;
  static final int ECHILD = 10;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;

  // linux/time.h
  static final int CLOCK_MONOTONIC = 1;
  static final int CLOCK_BOOTTIME = 7;
  static final int TIMER_ABSTIME = 1;

  // asm-generic/fcntl.h
  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0100;
  static final int O_NOCTTY = 0400;
  static final int O_APPEND = 02000;
  static final int O_CLOEXEC = 02000000;

  // unistd.h
  static final int X_OK = 1;

  // linux/wait.h
  static final int P_ALL = 0;
  static final int P_PID = 1;
  static final int WNOHANG = 1;
  static final int WSTOPPED = 2;
  static final int WEXITED = 4;
  static final int WCONTINUED = 8;
  static final int WNOWAIT = 0x01000000;

  // linux/prctl.h
  static final int PR_SET_DUMPABLE = 4;
  static final int PR_SET_CHILD_SUBREAPER = 36;

  // asm-generic/unistd.h: the same numbers on x86-64 (asm/unistd_64.h)
  static final int SYS_PIDFD_SEND_SIGNAL = 424;

  // asm-generic/signal-defs.h
  static final long SIG_DFL = 0;
  static final long SIG_IGN = 1;
  static final int SIG_BLOCK = 0;
  static final int SIG_UNBLOCK = 1;
  static final int SIG_SETMASK = 2;

  /** Size of struct sigaction, bits/sigaction.h: the handler, a mask of 128 bytes, flags. */
  static final int SIZEOF_SIGACTION = 152;

  /** Size of struct termios, bits/termios-struct.h. */
  static final int SIZEOF_TERMIOS = 60;

  /** sizeof(posix_spawn_file_actions_t), spawn.h. */
  static final int SIZEOF_FILE_ACTIONS = 80;

  /** sizeof(posix_spawnattr_t), spawn.h. */
  static final int SIZEOF_SPAWNATTR = 336;

  /** sizeof(sigset_t), bits/types/__sigset_t.h. */
  static final int SIZEOF_SIGSET = 128;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO =
      STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          Linker.Option.captureCallState("errno"));

  private static final MemorySegment ACCESS = symbol("access");
  private static final MemorySegment CLOCK_GETTIME = symbol("clock_gettime");
  private static final MemorySegment CLOSE = symbol("close");
  private static final MemorySegment DUP2 = symbol("dup2");
  private static final MemorySegment GETPID = symbol("getpid");
  private static final MemorySegment GETPGRP = symbol("getpgrp");
  private static final MemorySegment ISATTY = symbol("isatty");
  private static final MemorySegment KILL = symbol("kill");
  private static final MemorySegment OPEN = symbol("open");
  private static final MemorySegment PIPE2 = symbol("pipe2");
  private static final MemorySegment PRCTL = symbol("prctl");
  private static final MemorySegment PTHREAD_SIGMASK = symbol("pthread_sigmask");
  private static final MemorySegment RAISE = symbol("raise");
  private static final MemorySegment READ = symbol("read");
  private static final MemorySegment SIGACTION = symbol("sigaction");
  private static final MemorySegment SIGWAITINFO = symbol("sigwaitinfo");
  private static final MemorySegment STRERROR = symbol("strerror");
  private static final MemorySegment SYSCALL = symbol("syscall");
  private static final MemorySegment IOCTL = symbol("ioctl");
  private static final MemorySegment TCGETATTR = symbol("tcgetattr");
  private static final MemorySegment TCGETPGRP = symbol("tcgetpgrp");
  private static final MemorySegment TCSETATTR = symbol("tcsetattr");
  private static final MemorySegment TCSETPGRP = symbol("tcsetpgrp");
  private static final MemorySegment TIMER_CREATE = symbol("timer_create");
  private static final MemorySegment TIMER_SETTIME = symbol("timer_settime");
  private static final MemorySegment WAITID = symbol("waitid");
  private static final MemorySegment WRITE = symbol("write");

  private Libc() {}

  static MemorySegment symbol(String name) {
    return LINKER.defaultLookup().findOrThrow(name);
  }

  /** Any function of at most three arguments; its result, or -errno where it returned -1. */
  static int call(MemorySegment function, long a, long b, long c) {
    return call(function, a, b, c, 0, 0, 0);
  }

  /** Any function; its result as int, or -errno where it returned -1. */
  static int call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) (long) CALL.invokeExact(function, state, a, b, c, d, e, f);
      return result == -1 ? -state.get(JAVA_INT, ERRNO) : result;
    } catch (Throwable t) {
      throw new AssertionError("native call", t); // invokeExact declares it; C throws nothing
    }
  }

  /** strerror(3). */
  static String strerror(int errno) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long text = (long) CALL.invokeExact(STRERROR, state, (long) errno, 0L, 0L, 0L, 0L, 0L);
      return MemorySegment.ofAddress(text).reinterpret(256).getString(0);
    } catch (Throwable t) {
      throw new AssertionError("native call", t);
    }
  }

  /** clock_gettime(2), nanoseconds. */
  static long nanos(int clock) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(16, 8);
      call(CLOCK_GETTIME, clock, time.address(), 0);
      return time.get(JAVA_LONG, 0) * 1_000_000_000L + time.get(JAVA_LONG, 8);
    }
  }

  /**
   * timer_create(2) with SIGEV_SIGNAL; the timer's number or -errno. struct sigevent
   * (bits/types/sigevent_t.h): value at 0, signo at 8, notify at 12, 64 bytes; SIGEV_SIGNAL is 0.
   */
  static long timerCreate(int clock, int signal, MemorySegment timer) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(64, 8);
      event.set(JAVA_INT, 8, signal);
      return call(TIMER_CREATE, clock, event.address(), timer.address());
    }
  }

  /** timer_settime(2), absolute, once; zero nanoseconds disarm. */
  static int timerSettime(long timer, long nanos) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment spec = arena.allocate(32, 8);
      spec.set(JAVA_LONG, 16, nanos / 1_000_000_000L);
      spec.set(JAVA_LONG, 24, nanos % 1_000_000_000L);
      return call(TIMER_SETTIME, timer, TIMER_ABSTIME, spec.address(), 0, 0, 0);
    }
  }

  static int open(byte[] path, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      return call(OPEN, string(arena, path).address(), flags | O_CLOEXEC, mode);
    }
  }

  /**
   * What one read(2) gives of a file, as text; empty if it cannot be opened or read. Several times
   * as fast as a stream where code runs for the first time.
   */
  static Optional<String> read(byte[] path) {
    int fd = open(path, O_RDONLY, 0);
    if (fd < 0) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(4096);
      int length = call(READ, fd, buffer.address(), buffer.byteSize());
      return length < 0
          ? Optional.empty()
          : Optional.of(
              new String(
                  buffer.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.ISO_8859_1));
    } finally {
      close(fd);
    }
  }

  static int chdir(byte[] path) {
    try (Arena arena = Arena.ofConfined()) {
      return call(symbol("chdir"), string(arena, path).address(), 0, 0);
    }
  }

  static boolean executable(byte[] path) {
    try (Arena arena = Arena.ofConfined()) {
      return call(ACCESS, string(arena, path).address(), X_OK, 0) == 0;
    }
  }

  static int close(int fd) {
    return call(CLOSE, fd, 0, 0);
  }

  static int dup2(int from, int to) {
    return call(DUP2, from, to, 0);
  }

  /** pipe2(2) with O_CLOEXEC; fills the read and the write end in. */
  static int pipe(int[] ends) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pair = arena.allocate(8, 4);
      int result = call(PIPE2, pair.address(), O_CLOEXEC, 0);
      ends[0] = pair.get(JAVA_INT, 0);
      ends[1] = pair.get(JAVA_INT, 4);
      return result;
    }
  }

  /**
   * One datagram to a UNIX socket: socket(2) with AF_UNIX (1), SOCK_DGRAM (2) and SOCK_CLOEXEC
   * (02000000), sendto(2). struct sockaddr_un (sys/un.h): the family at 0, 108 bytes of path at 2.
   */
  static int sendDatagram(byte[] address, byte[] message) {
    int socket = call(symbol("socket"), 1, 2 | 02000000, 0);
    if (socket < 0) {
      return socket;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(110, 8);
      name.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
      MemorySegment.copy(address, 0, name, JAVA_BYTE, 2, address.length);
      long text = arena.allocateFrom(JAVA_BYTE, message).address();
      long length = 2L + address.length;
      return call(symbol("sendto"), socket, text, message.length, 0, name.address(), length);
    } finally {
      close(socket);
    }
  }

  static int write(int fd, byte[] bytes) {
    try (Arena arena = Arena.ofConfined()) {
      return call(WRITE, fd, arena.allocateFrom(JAVA_BYTE, bytes).address(), bytes.length);
    }
  }

  static int kill(int pid, int signal) {
    return call(KILL, pid, signal, 0);
  }

  /** To the calling thread: a stop is over, or was not taken, when this returns. raise(3). */
  static int raise(int signal) {
    return call(RAISE, signal, 0, 0);
  }

  /** pidfd_send_signal(2); a descriptor of /proc/PID serves as a pidfd. */
  static int pidfdSendSignal(int fd, int signal) {
    return call(SYSCALL, SYS_PIDFD_SEND_SIGNAL, fd, signal, 0, 0, 0);
  }

  static int prctl(int option, long value) {
    return call(PRCTL, option, value, 0);
  }

  /**
   * waitid(2) for any child, without taking the news away unless it is asked for.
   *
   * @param info 128 bytes for siginfo_t (bits/types/siginfo_t.h): code at 8, pid at 16, status at
   *     24
   */
  static int waitid(int idType, int id, MemorySegment info, int options) {
    return call(WAITID, idType, id, info.address(), options, 0, 0);
  }

  /** Waits for the end of one child; at once where it is none. */
  static void awaitEnd(int pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(128, 8);
      int result;
      do {
        result = waitid(P_PID, pid, info, WEXITED);
      } while (result == -EINTR);
    }
  }

  /**
   * sigwaitinfo(2), for signals that every thread has blocked; the number or -errno.
   *
   * @param set a sigset_t
   * @param info 128 bytes for siginfo_t: code at 8, the sender's pid at 16
   */
  static int sigwaitinfo(MemorySegment set, MemorySegment info) {
    return call(SIGWAITINFO, set.address(), info.address(), 0);
  }

  /**
   * pthread_sigmask(3) for the calling thread.
   *
   * @param how SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK
   * @param old gets what was before, a sigset_t
   */
  static int sigmask(int how, MemorySegment set, MemorySegment old) {
    return call(PTHREAD_SIGMASK, how, set.address(), old.address());
  }

  /** Sets SIG_DFL or SIG_IGN and keeps the old action; null for no interest in it. */
  static int sigaction(int signal, long handler, MemorySegment old) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocate(SIZEOF_SIGACTION, 8);
      action.set(JAVA_LONG, 0, handler);
      return call(SIGACTION, signal, action.address(), old.address());
    }
  }

  /** Puts back what {@link #sigaction} kept. */
  static int sigactionRestore(int signal, MemorySegment old) {
    return call(SIGACTION, signal, old.address(), 0);
  }

  /** _exit(2): no thread and no exit handler runs from here on. */
  static void exit(int code) {
    call(symbol("_exit"), code, 0, 0);
  }

  static int getpid() {
    return call(GETPID, 0, 0, 0);
  }

  static int getpgrp() {
    return call(GETPGRP, 0, 0, 0);
  }

  static boolean isatty(int fd) {
    return call(ISATTY, fd, 0, 0) == 1;
  }

  static int tcgetpgrp(int fd) {
    return call(TCGETPGRP, fd, 0, 0);
  }

  static int tcsetpgrp(int fd, int group) {
    return call(TCSETPGRP, fd, group, 0);
  }

  /** ioctl_tty(2), TIOCGWINSZ; {@code size} gets a struct winsize: rows, columns, as shorts. */
  static int winsize(int fd, MemorySegment size) {
    return call(IOCTL, fd, 0x5413, size.address());
  }

  static int tcgetattr(int fd, MemorySegment modes) {
    return call(TCGETATTR, fd, modes.address(), 0);
  }

  /**
   * At once: TCSANOW is 0, bits/termios-tcflow.h. TCSADRAIN would wait for a terminal that was
   * stopped with Ctrl-S, and what is written already was processed by the modes of then.
   */
  static int tcsetattr(int fd, MemorySegment modes) {
    return call(TCSETATTR, fd, 0, modes.address());
  }

  /** The bytes and a final NUL. */
  static MemorySegment string(SegmentAllocator arena, byte[] bytes) {
    MemorySegment string = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, string, JAVA_BYTE, 0, bytes.length);
    return string;
  }

  /**
   * A null-terminated array of strings, made in two copies: one for each string would take
   * milliseconds in code that runs once.
   */
  static MemorySegment strings(SegmentAllocator arena, List<byte[]> list) {
    int length = 0;
    for (byte[] string : list) {
      length += string.length + 1;
    }
    MemorySegment text = arena.allocate(Math.max(1, length));
    byte[] bytes = new byte[length];
    long[] pointers = new long[list.size() + 1];
    int at = 0;
    for (int i = 0; i < list.size(); i++) {
      byte[] string = list.get(i);
      pointers[i] = text.address() + at;
      System.arraycopy(string, 0, bytes, at, string.length);
      at += string.length + 1;
    }
    MemorySegment.copy(bytes, 0, text, JAVA_BYTE, 0, length);
    MemorySegment array = arena.allocate(8L * pointers.length, 8);
    MemorySegment.copy(pointers, 0, array, JAVA_LONG, 0, pointers.length);
    return array;
  }
}
