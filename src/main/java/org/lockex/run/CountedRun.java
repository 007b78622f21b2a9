package org.lockex.run;

import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import org.lockex.child.EssentialThread;
import org.lockex.cli.Ages;
import org.lockex.cli.lockex.LockexOptions;
import org.lockex.cli.lockex.OncePer;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.hold.RunLog;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.RunOrigin;

/**
 * A run that {@code --once-per} allowed: nobody else starts one in its period once it is recorded.
 */
final class CountedRun implements EndRecorder {
  private final RunLog record;
  private final RunLog.Due due;
  private final Queue<RunEvent> events;

  private CountedRun(RunLog record, RunLog.Due due, Queue<RunEvent> events) {
    this.record = record;
    this.due = due;
    this.events = events;
  }

  /** Asks, with the lock in hand, whether this period's run has been; waits for ZooKeeper. */
  static RunEvent askWhetherDue(
      LockexOptions options,
      OncePer wanted,
      ZooKeeperSession session,
      HeldLock lock,
      RunOrigin origin,
      Queue<RunEvent> events)
      throws LockException, InterruptedException {
    RunLog record = RunLog.of(session, options.connection().root(), lock, origin);
    return switch (record.begin(wanted.period(), wanted.attempt())) {
      case RunLog.Due due ->
          new RunEvent.Acquired(lock, Optional.of(new CountedRun(record, due, events)));
      case RunLog.NotDue(var last, Duration ago) ->
          new RunEvent.NotAcquired(
              new RunOutcome.Skipped(
                  wanted.skipExitCode(),
                  "lock "
                      + lock.path()
                      + ": nothing to do, the command ran "
                      + Ages.of(ago)
                      + " ago"
                      + last.who().map(who -> " on " + who.host()).orElse(""),
                  CommandOrigin.doubt(options, origin, last)
                      .map(doubt -> "lock " + lock.path() + ": " + doubt)));
    };
  }

  @Override
  public void ended(int exit, Duration took) {
    EssentialThread.start(
        "record",
        () -> events.add(record(exit, took)),
        e -> events.add(RunEvent.Defect.of("record", e)));
  }

  private RunEvent record(int exit, Duration took) {
    try {
      record.end(due, exit, took);
      return new RunEvent.Recorded(Optional.empty());
    } catch (LockException e) {
      return new RunEvent.Recorded(Optional.of(String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }
}
