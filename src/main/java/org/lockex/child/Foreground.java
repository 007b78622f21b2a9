package org.lockex.child;

/**
 * Who has the terminal: lockex's own process group or the command's.
 *
 * <p>The command's gets it before it starts, unless lockex's output goes elsewhere: in {@code
 * lockex -- make | less} the pager shares lockex's group and needs it. There, and when a background
 * lockex comes to the foreground, the command gets it once it asks, which stops it with SIGTTIN or
 * SIGTTOU; until then lockex passes on what the keyboard sends.
 */
final class Foreground {
  private final Terminal terminal;
  private final ProcessGroup processes;
  private final int group;

  // Guarded by this.
  private boolean wanted; // by the command: it is to have the terminal whenever lockex has it
  private boolean given;
  private boolean wasForeground;
  private boolean suspended;

  Foreground(Terminal terminal, ProcessGroup processes, int group) {
    this.terminal = terminal;
    this.processes = processes;
    this.group = group;
  }

  /** Before the command starts. */
  synchronized void enter(Inherited inherited) {
    if (!terminal.present()) {
      return;
    }
    wanted = inherited.descriptors().contains(1) && Libc.isatty(1);
    if (terminal.isOwn()) {
      terminal.keepModes();
      if (wanted) {
        give();
      }
    }
  }

  /** The command was stopped by this signal. */
  void suspend(int signal) {
    synchronized (this) {
      boolean asked = signal == Signals.TTIN || signal == Signals.TTOU;
      if (asked && terminal.isOwn()) {
        wanted = true;
        give();
        processes.signalGroup(Signals.CONT);
        return;
      }
      if (!terminal.present()) {
        return;
      }
      given = false;
      terminal.takeFrom(group);
      suspended = true;
    }
    terminal.stopOwnGroup(signal);
    resume();
  }

  /** lockex was continued, or there was no stopping it. */
  synchronized void resume() {
    if (wanted && terminal.isOwn()) {
      give();
    }
    if (suspended) {
      suspended = false;
      processes.signalGroup(Signals.CONT);
    } else {
      processes.signalCommand(Signals.CONT);
    }
  }

  /** To whom a signal of the keyboard goes, which came to lockex: all that share the terminal. */
  synchronized void keyboard(int signal) {
    if (terminal.isOwn()) {
      processes.signalGroup(signal);
    } else {
      processes.signalCommand(signal);
    }
  }

  /** Takes the terminal back for good. */
  synchronized void leave() {
    wasForeground = terminal.isOwn() || terminal.isOf(group);
    terminal.takeFrom(group);
  }

  /** After {@link #leave}: as the command died of the keyboard, so does lockex. */
  synchronized void dieOf(int signal) {
    if (wasForeground) {
      terminal.restoreModes();
      terminal.dieOf(signal, given);
    }
  }

  private void give() {
    given = true;
    terminal.giveTo(group);
  }
}
