package org.lockex.run;

import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;
import org.lockex.child.EssentialThread;
import org.lockex.cli.Ages;
import org.lockex.cli.lockex.LockexOptions;
import org.lockex.cli.lockex.OncePer;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.hold.RunLog;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.waiting.HolderLine;
import org.lockex.znode.Contender;
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
    RunLog.RunVerdict verdict = record.begin(wanted.period(), wanted.attempt());
    // No pattern switch, and no word that nobody reads: nothing to do is soon done.
    if (verdict instanceof RunLog.Due due) {
      return new RunEvent.Acquired(lock, Optional.of(new CountedRun(record, due, events)));
    }
    RunLog.NotDue notDue = (RunLog.NotDue) verdict;
    return skipped(
        wanted.skipExitCode(),
        lock.path(),
        notDue,
        CommandOrigin.doubt(options, origin, notDue.last()));
  }

  static RunEvent skipped(int code, String lock, RunLog.NotDue why, Optional<String> doubt) {
    return new RunEvent.NotAcquired(new RunOutcome.Skipped(code, new SkipWords(lock, why), doubt));
  }

  /** Words for who asks. A lambda would be linked for those who do not, too. */
  private record SkipWords(String lock, RunLog.NotDue notDue) implements Supplier<String> {
    @Override
    public String get() {
      return "lock "
          + lock
          + ": nothing to do, the command ran "
          + Ages.of(notDue.ago())
          + " ago"
          + notDue.last().who().map(CountedRun::whose).orElse("");
    }
  }

  private static String whose(Contender who) {
    return " on "
        + HolderLine.place(who)
        + (who.command().isEmpty() ? "" : ", which ran " + who.command());
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
