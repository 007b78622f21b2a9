package org.lockex.run;

import java.time.Duration;
import java.util.Optional;
import org.lockex.lock.lease.Deadline;
import org.lockex.lock.lease.Lease;

/** When the command is to be ended, and how long the lock is kept, on the lease's clock. */
final class EndTimes {
  /**
   * What the command left running gets this long between SIGTERM and SIGKILL, or less with {@code
   * -k}.
   */
  private static final Duration LEFTOVERS_GRACE = Duration.ofSeconds(5);

  /** The same for a command that was asked to end, without {@code -k}. */
  private static final Duration ASKED_GRACE = Duration.ofSeconds(10);

  private final Lease lease;
  private final Optional<Duration> killAfter;
  private final Optional<Duration> maxRun;
  private final Duration hold;

  /** When everything gets SIGKILL: after a loss, or by {@code -k}. */
  private long killAt = EventSource.NEVER;

  private long started;

  /** When the command has run as long as it may: {@code --max-run}. */
  private long runsUntil = EventSource.NEVER;

  /** Until when the lock is kept at least: {@code --hold}. */
  private long holdUntil;

  /** The lease is not waited for any more: it is lost, or its end was acted on. */
  private boolean leaseIsOver;

  EndTimes(Lease lease, Optional<Duration> killAfter, Optional<Duration> maxRun, Duration hold) {
    this.lease = lease;
    this.killAfter = killAfter;
    this.maxRun = maxRun;
    this.hold = hold;
  }

  /** The command starts now. */
  void start(long now) {
    started = now;
    holdUntil = now + hold.toNanos();
    if (maxRun.isPresent()) { // no lambda: the command is about to start
      runsUntil = now + maxRun.get().toNanos();
    }
  }

  /** How long the command has run. */
  Duration since(long now) {
    return Duration.ofNanos(now - started);
  }

  /** The lock may go as soon as the command is over. */
  void holdNoLonger() {
    holdUntil = started;
  }

  boolean isHeldLongEnough(long now) {
    return now >= holdUntil;
  }

  /** The command has got a SIGTERM meant for it: SIGKILL follows only with {@code -k}. */
  void askedToEnd(long now) {
    killAfter.ifPresent(grace -> killWithin(now, grace));
  }

  /** The command was asked to end by lockex, with the lease in order: SIGKILL follows. */
  void toldToEnd(long now) {
    killWithin(now, killAfter.orElse(ASKED_GRACE));
  }

  boolean isRunOver(long now) {
    return now >= runsUntil;
  }

  /** How long the command runs does not matter any more: it has ended, or has to for a reason. */
  void runNoLonger() {
    runsUntil = EventSource.NEVER;
  }

  private void killWithin(long now, Duration grace) {
    killAt = Math.min(killAt, now + grace.toNanos());
  }

  Duration leftoversGrace() {
    Duration grace = killAfter.orElse(LEFTOVERS_GRACE);
    return grace.compareTo(LEFTOVERS_GRACE) < 0 ? grace : LEFTOVERS_GRACE;
  }

  /** What the command left, and what runs beside it, gets SIGKILL as its end would bring it. */
  void endWithCommand(long now) {
    killWithin(now, leftoversGrace());
  }

  /** How long until everything gets SIGKILL, after it was asked to end. */
  Duration graceLeft(long now) {
    return Duration.ofNanos(killAt - now);
  }

  boolean isKillDue(long now) {
    return now >= killAt;
  }

  void killed() {
    killAt = EventSource.NEVER;
  }

  /** It is time to end the command because of the lease, if no heartbeat is answered any more. */
  boolean isLeaseRunningOut(long now) {
    return !leaseIsOver && now >= termAt();
  }

  /** The command was asked to end because of the lease: SIGKILL follows before it is over. */
  void endWithLease() {
    leaseIsOver = true;
    killAt = Math.min(killAt, lease.deadline().killAt());
  }

  /** Another may have the lock by now. */
  void leaseIsLost() {
    leaseIsOver = true;
  }

  boolean isLeaseOver() {
    return leaseIsOver;
  }

  /**
   * When to act next if nothing happens.
   *
   * @param onlyHold nothing but {@code --hold} keeps the lock
   */
  long next(boolean onlyHold) {
    long due = Math.min(killAt, runsUntil);
    if (!leaseIsOver) {
      due = Math.min(due, termAt());
    }
    return onlyHold ? Math.min(due, holdUntil) : due;
  }

  private long termAt() {
    Deadline deadline = lease.deadline();
    return deadline.termAt(killAfter.orElse(Duration.ofNanos(deadline.timeoutNanos())));
  }
}
