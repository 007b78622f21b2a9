package org.lockex.child;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What this process does on a signal, as far as the JVM does not say. */
final class SignalDisposition {
  /**
   * SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV: HotSpot lives on them. SIGKILL and SIGSTOP cannot be
   * ignored, 32 and 33 are glibc's own, and with SIGCHLD ignored nobody could be waited for.
   */
  static final long UNTOUCHED =
      mask(4) | mask(5) | mask(7) | mask(8) | mask(9) | mask(11) | mask(17) | mask(19) | mask(32)
          | mask(33);

  private SignalDisposition() {}

  static long mask(int signal) {
    return 1L << (signal - 1);
  }

  /** Sets the default. */
  static void reset(int signal) {
    set(signal, Libc.SIG_DFL);
  }

  /** Ignores it. */
  static void ignore(int signal) {
    set(signal, Libc.SIG_IGN);
  }

  /**
   * Ignores these again where the JVM has taken them: a spawned process can only be given defaults,
   * and what this process ignores.
   *
   * @param signals bit n - 1 is signal n
   */
  static void ignoreAgain(long signals) {
    for (int signal = 1; signal <= 64; signal++) {
      if ((signals & ~UNTOUCHED & mask(signal)) != 0) {
        ignore(signal);
      }
    }
  }

  /**
   * Changes what the calling thread has blocked.
   *
   * @param how SIG_BLOCK or SIG_UNBLOCK
   * @param signals bit n - 1 is signal n
   */
  static void mask(int how, long signals) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(Libc.SIZEOF_SIGSET, 8);
      set.set(JAVA_LONG, 0, signals);
      Libc.sigmask(how, set, arena.allocate(Libc.SIZEOF_SIGSET, 8));
    }
  }

  /**
   * Does to this process what the signal does by default, blocked or not. What stops it has stopped
   * it, and it was continued, or could not be stopped, when this returns.
   */
  static void takeDefault(int signal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocate(Libc.SIZEOF_SIGACTION, 8);
      Libc.sigaction(signal, Libc.SIG_DFL, action);
      MemorySegment set = arena.allocate(Libc.SIZEOF_SIGSET, 8);
      set.set(JAVA_LONG, 0, mask(signal));
      MemorySegment blocked = arena.allocate(Libc.SIZEOF_SIGSET, 8);
      Libc.raise(signal); // to this very thread, which therefore does not run on meanwhile
      Libc.sigmask(Libc.SIG_UNBLOCK, set, blocked);
      Libc.sigmask(Libc.SIG_SETMASK, blocked, set);
      Libc.sigactionRestore(signal, action);
    }
  }

  private static void set(int signal, long handler) {
    try (Arena arena = Arena.ofConfined()) {
      Libc.sigaction(signal, handler, arena.allocate(Libc.SIZEOF_SIGACTION, 8));
    }
  }
}
