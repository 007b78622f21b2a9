package org.lockex.cli;

import java.util.Locale;

/**
 * What a line on stderr tells of, for programs that read it ({@code --log-format json}, member
 * {@code event}); the man pages list them.
 */
public enum LogEvent {
  /** The command line is wrong. */
  USAGE,
  /** There is a session with ZooKeeper. */
  CONNECTED,
  /** The lock is ours. */
  ACQUIRED,
  /** Others have it, and the time allowed is over. */
  BUSY,
  /** Nothing to do: the run of this period has been. */
  SKIPPED,
  /** The command has ended. */
  EXITED,
  /** The command ran longer than it may, and was ended. */
  TIMED_OUT,
  /** What came of the command of {@code --on-lost}. */
  ON_LOST,
  /** Processes that the command left behind are ended. */
  LEFT_BEHIND,
  /** Somebody asked for the lock. */
  ASKED,
  /** The session has ended, and with it the lock. */
  RELEASED,
  /** lockexd listens on a port. */
  LISTENING,
  /** lockexd serves clients. */
  READY,
  /** lockexd sends new clients elsewhere. */
  DRAINED,
  /** lockexd cannot reach ZooKeeper, or not work with it. */
  AWAY,
  /** lockexd can again. */
  BACK,
  /** Lines were lost because nobody read. */
  LINES_LOST,
  /** A library says something. */
  LIBRARY,
  /** Any other thing that went wrong. */
  FAULT,
  /** Any other thing that may be wrong. */
  WARNING,
  /** Anything else. */
  DETAIL;

  /** {@return its name in a line} */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
