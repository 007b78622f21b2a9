package org.lockex.child;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The controlling terminal, if there is one, and whose it is. Ctrl-C and Ctrl-Z go to its
 * foreground process group, so the command's group has to be that whenever lockex's own would be.
 */
final class Terminal {
  private final int fd;
  private final int own = Libc.getpgrp();
  private final MemorySegment modes = Arena.ofAuto().allocate(Libc.SIZEOF_TERMIOS, 4);
  private boolean modesKnown;

  private Terminal(int fd) {
    this.fd = fd;
  }

  /** Opens /dev/tty; without one, everything here does nothing. */
  static Terminal open() {
    int fd = Libc.open("/dev/tty".getBytes(US_ASCII), Libc.O_RDWR | Libc.O_NOCTTY, 0);
    if (fd >= 0 && !SignalReader.areBlocked()) {
      // Otherwise taking the terminal back from the background would stop lockex: tcsetpgrp(3).
      try (Arena arena = Arena.ofConfined()) {
        Libc.sigaction(Signals.TTOU, Libc.SIG_IGN, arena.allocate(Libc.SIZEOF_SIGACTION, 8));
      }
    }
    return new Terminal(fd);
  }

  boolean present() {
    return fd >= 0;
  }

  /** Whether lockex's own group is in the foreground: what it gets from the keyboard is for all. */
  boolean isOwn() {
    return present() && Libc.tcgetpgrp(fd) == own;
  }

  boolean isOf(int group) {
    return present() && Libc.tcgetpgrp(fd) == group;
  }

  /** Notes the modes, to restore them should the command die of the keyboard. */
  void keepModes() {
    modesKnown = present() && Libc.tcgetattr(fd, modes) == 0;
  }

  void restoreModes() {
    if (modesKnown) {
      Libc.tcsetattr(fd, modes);
    }
  }

  /** Makes the group the foreground one. */
  void giveTo(int group) {
    Libc.tcsetpgrp(fd, group);
  }

  /** Takes the terminal from that group, if it has it. */
  void takeFrom(int group) {
    if (isOf(group)) {
      Libc.tcsetpgrp(fd, own);
    }
  }

  /**
   * Stops lockex's own process group as the keyboard would have, and returns when it goes on: at
   * once where nobody could continue it, because the kernel then stops no one (an orphaned group).
   *
   * @param signal what stopped the command; SIGSTOP came to it alone, so only lockex follows
   */
  void stopOwnGroup(int signal) {
    boolean alone = signal == Signals.STOP;
    int kind = alone ? Signals.TSTP : signal;
    if (alone) {
      SignalDisposition.takeDefault(kind);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment before = arena.allocate(Libc.SIZEOF_SIGACTION, 8);
      Libc.sigaction(kind, Libc.SIG_IGN, before);
      Libc.kill(0, kind); // to the others: ignored here, or taken by SignalReader, which knows
      SignalDisposition.takeDefault(kind);
      Libc.sigactionRestore(kind, before);
    }
  }

  /**
   * Lets this process, or its whole group, die of the signal as the command did; without a core.
   */
  void dieOf(int signal, boolean group) {
    Libc.prctl(Libc.PR_SET_DUMPABLE, 0);
    SignalDisposition.reset(signal);
    if (group) {
      Libc.kill(0, signal);
    }
    SignalDisposition.takeDefault(signal);
  }
}
