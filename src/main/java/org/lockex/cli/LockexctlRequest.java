package org.lockex.cli;

import java.time.Duration;
import java.util.Optional;
import org.lockex.znode.LockId;

/** What a lockexctl command line asks for. */
public sealed interface LockexctlRequest {
  /**
   * Print a text on stdout and exit with 0.
   *
   * @param text with its line ends
   */
  record Print(String text) implements LockexctlRequest {}

  /**
   * Do something with the locks.
   *
   * @param connection where the locks are
   * @param voice how to speak on stderr
   * @param json whether what is printed is JSON
   * @param action what to do
   */
  record Run(Connection connection, Verbosity voice, boolean json, Action action)
      implements LockexctlRequest {}

  /** One of the subcommands. */
  sealed interface Action {}

  /**
   * A table of the locks that match.
   *
   * @param pattern of lock ids
   */
  record List(Glob pattern) implements Action {}

  /**
   * Every holder and waiter of one lock.
   *
   * @param id the lock
   */
  record Show(LockId id) implements Action {}

  /**
   * What happens to one lock, or to all, until it is interrupted.
   *
   * @param id the lock; empty: all
   */
  record Watch(Optional<LockId> id) implements Action {}

  /**
   * Return when a lock is free.
   *
   * @param id the lock
   * @param timeout at most this long; zero: only look; empty: for ever
   */
  record Wait(LockId id, Optional<Duration> timeout) implements Action {}

  /**
   * Ask holders to end, or take the lock away.
   *
   * @param id the lock
   * @param holder only this one, counted from 1 as shown; 0: all
   * @param sure do not ask on the terminal
   * @param force delete the node instead of asking the holder
   * @param timeout how long to wait for the holder; empty: for ever
   */
  record Break(LockId id, int holder, boolean sure, boolean force, Optional<Duration> timeout)
      implements Action {}

  /**
   * Delete what {@code --once-per} remembers.
   *
   * @param id the lock
   */
  record Forget(LockId id) implements Action {}

  /** Look at the servers, the session and the rights. */
  record Ping() implements Action {}

  /** Tell whether the embedded server runs. */
  record LocalStatus() implements Action {}

  /** End the embedded server. */
  record LocalStop() implements Action {}
}
