package org.lockex.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The one thread that waits for children: every one of them, the command's orphans too. */
final class Reaper implements Runnable {
  // bits/siginfo-consts.h
  static final int CLD_EXITED = 1;
  static final int CLD_KILLED = 2;
  static final int CLD_DUMPED = 3;
  static final int CLD_STOPPED = 5;
  static final int CLD_CONTINUED = 6;

  /** What becomes of the news. */
  interface ChildListener {
    /**
     * A child has changed. To be acknowledged by {@link Change#take} before this returns: until
     * then its pid is not reused.
     */
    void changed(Change change);

    /** No child is left. The reaper is done. */
    void noneLeft();
  }

  /**
   * One piece of news.
   *
   * @param code one of CLD_*
   * @param status the exit code, or the signal
   */
  record Change(int pid, int code, int status) {
    boolean ended() {
      return code == CLD_EXITED || code == CLD_KILLED || code == CLD_DUMPED;
    }

    /** Takes it out of the kernel: a child that ended is gone then. */
    void take() {
      int kind = ended() ? Libc.WEXITED : code == CLD_CONTINUED ? Libc.WCONTINUED : Libc.WSTOPPED;
      try (Arena arena = Arena.ofConfined()) {
        Libc.waitid(P_PID, pid, arena.allocate(128, 8), kind | Libc.WNOHANG);
      }
    }
  }

  private static final int P_PID = 1; // linux/wait.h

  private final ChildListener listener;

  Reaper(ChildListener listener) {
    this.listener = listener;
  }

  /** Waits until no child is left. */
  @Override
  public void run() {
    int options = Libc.WEXITED | Libc.WSTOPPED | Libc.WCONTINUED | Libc.WNOWAIT;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(128, 8);
      while (true) {
        int result = Libc.waitid(Libc.P_ALL, 0, info, options);
        if (result == -Libc.ECHILD) {
          listener.noneLeft();
          return;
        }
        if (result == 0) {
          listener.changed(
              new Change(info.get(JAVA_INT, 16), info.get(JAVA_INT, 8), info.get(JAVA_INT, 24)));
        }
      }
    }
  }
}
