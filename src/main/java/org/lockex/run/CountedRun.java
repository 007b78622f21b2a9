package org.lockex.run;

import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import org.lockex.cli.Ages;
import org.lockex.cli.OncePer;
import org.lockex.cli.Options;
import org.lockex.lock.HeldLock;
import org.lockex.lock.LockException;
import org.lockex.lock.RunRecord;
import org.lockex.lock.Session;

/**
 * A run that {@code --once-per} allowed: nobody else starts one in its period once it is recorded.
 */
final class CountedRun {
  private final RunRecord record;
  private final RunRecord.Due due;
  private final Queue<Event> events;

  private CountedRun(RunRecord record, RunRecord.Due due, Queue<Event> events) {
    this.record = record;
    this.due = due;
    this.events = events;
  }

  /** Asks, with the lock in hand, whether this period's run has been; waits for ZooKeeper. */
  static Event turn(
      Options options, OncePer wanted, Session session, HeldLock lock, Queue<Event> events)
      throws LockException, InterruptedException {
    RunRecord record = RunRecord.of(session, options.connection().root(), lock);
    return switch (record.begin(wanted.period(), wanted.attempt())) {
      case RunRecord.Due due ->
          new Event.Acquired(lock, Optional.of(new CountedRun(record, due, events)));
      case RunRecord.NotDue(var last, Duration ago) ->
          new Event.NotAcquired(
              new Outcome.Skipped(
                  wanted.skipExitCode(),
                  "lock "
                      + lock.path()
                      + ": nothing to do, the command ran "
                      + Ages.of(ago)
                      + " ago"
                      + last.who().map(who -> " on " + who.host()).orElse("")));
    };
  }

  /**
   * Records the end; {@link Event.Recorded} follows when it is done, however long ZooKeeper is
   * away.
   *
   * @param exit 0 makes the run count
   */
  void ended(int exit, Duration took) {
    Thread thread = new Thread(() -> events.add(record(exit, took)), "record");
    thread.setDaemon(true);
    thread.start();
  }

  private Event record(int exit, Duration took) {
    try {
      record.end(due, exit, took);
      return new Event.Recorded(Optional.empty());
    } catch (LockException e) {
      return new Event.Recorded(Optional.of(String.valueOf(e.getMessage())));
    } catch (InterruptedException | RuntimeException | Error e) {
      return new Event.Recorded(Optional.of("record on the run: " + e));
    }
  }
}
