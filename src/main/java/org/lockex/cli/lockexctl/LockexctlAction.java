package org.lockex.cli.lockexctl;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.lockex.znode.HoldHandle;
import org.lockex.znode.LockId;
import org.lockex.znode.LockRoot;

/** The subcommands of lockexctl, with what they are about. */
public sealed interface LockexctlAction {
  /**
   * A table of the locks that match.
   *
   * @param pattern of lock ids
   * @param all whether none was given
   */
  record Ls(Glob pattern, boolean all) implements LockexctlAction {}

  /**
   * Every holder and waiter of one lock.
   *
   * @param id the lock
   */
  record Show(LockId id) implements LockexctlAction {}

  /**
   * The last runs of one lock.
   *
   * @param id the lock
   * @param most at most so many
   */
  record History(LockId id, int most) implements LockexctlAction {}

  /**
   * How locks are, for monitoring.
   *
   * @param names locks that are looked at even if they do not exist
   * @param patterns of further ones
   * @param critical from when on a lock is critical
   * @param warning from when on it is worth a warning
   */
  record Check(List<LockId> names, List<Glob> patterns, CheckLimits critical, CheckLimits warning)
      implements LockexctlAction {}

  /**
   * The metrics of the locks that match.
   *
   * @param pattern of lock ids
   * @param textfile written in place of standard output
   */
  record Metrics(Glob pattern, Optional<Path> textfile) implements LockexctlAction {}

  /**
   * What happens to one lock, or to all, until it is interrupted.
   *
   * @param id the lock; empty: all
   */
  record Watch(Optional<LockId> id) implements LockexctlAction {}

  /**
   * Return when a lock is free.
   *
   * @param id the lock
   * @param timeout at most this long; zero: only look; empty: for ever
   */
  record Wait(LockId id, Optional<Duration> timeout) implements LockexctlAction {}

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
      implements LockexctlAction {}

  /**
   * Take a lock without a command.
   *
   * @param id the lock
   * @param lasts how long it is held
   * @param reason shown to everybody who meets it
   * @param timeout how long to wait for others; zero: only try; empty: for ever
   * @param concurrency how many may hold the lock
   * @param all take every lease
   */
  record Hold(
      LockId id,
      Duration lasts,
      Optional<String> reason,
      Optional<Duration> timeout,
      int concurrency,
      boolean all)
      implements LockexctlAction {}

  /**
   * End a hold.
   *
   * @param handle names it
   */
  record Release(HoldHandle handle) implements LockexctlAction {}

  /**
   * Prolong a hold.
   *
   * @param handle names it
   * @param lasts from now
   */
  record Extend(HoldHandle handle, Duration lasts) implements LockexctlAction {}

  /**
   * Delete what {@code --once-per} remembers.
   *
   * @param id the lock
   */
  record Forget(LockId id) implements LockexctlAction {}

  /**
   * Show what is added to fencing tokens, or raise it.
   *
   * @param least what every token from now on is to be more than; empty: only show
   */
  record Tokens(OptionalLong least) implements LockexctlAction {}

  /** Look at the servers, the session and the rights. */
  record PingServers() implements LockexctlAction {}

  /**
   * Show who may use the nodes.
   *
   * @param apply give them all the list of the options
   */
  record Acl(boolean apply) implements LockexctlAction {}

  /**
   * The lock that it is about.
   *
   * @param root the parent of all locks
   * @return the lock's path, below the chroot; empty where it is about many, or none
   */
  default Optional<String> lock(LockRoot root) {
    return switch (this) {
      case Show(var id) -> Optional.of(root.pathOf(id));
      case History(var id, int _) -> Optional.of(root.pathOf(id));
      case Watch(var id) -> id.map(root::pathOf);
      case Wait(var id, var _) -> Optional.of(root.pathOf(id));
      case Break asked -> Optional.of(root.pathOf(asked.id()));
      case Hold wanted -> Optional.of(root.pathOf(wanted.id()));
      case Release(var handle) -> Optional.of(handle.lock());
      case Extend(var handle, var _) -> Optional.of(handle.lock());
      case Forget(var id) -> Optional.of(root.pathOf(id));
      default -> Optional.empty();
    };
  }

  /** Tell whether the embedded server runs. */
  record LocalStatus() implements LockexctlAction {}

  /** End the embedded server. */
  record LocalStop() implements LockexctlAction {}
}
