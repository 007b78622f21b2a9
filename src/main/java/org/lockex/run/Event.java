package org.lockex.run;

import java.util.Optional;
import org.lockex.child.ChildEvent;
import org.lockex.lock.BreakRequest;
import org.lockex.lock.HeldLock;
import org.lockex.lock.Loss;

/**
 * Whatever lockex waits for; all of it arrives in one queue, at the one place where it is waited.
 */
public sealed interface Event {
  /** A signal came to lockex. */
  record Signalled(int signal) implements Event {}

  /** The first connection to ZooKeeper stands: the time allowed for the lock runs from here. */
  record Connected() implements Event {}

  /**
   * The lock is ours, and it is our turn.
   *
   * @param run what is to be recorded, with {@code --once-per}
   */
  record Acquired(HeldLock lock, Optional<CountedRun> run) implements Event {}

  /** The lock will not be had. */
  record NotAcquired(Outcome outcome) implements Event {}

  /** The lock is no longer ours. */
  record Lost(Loss loss) implements Event {}

  /** Somebody asks us to give the lock up. */
  record BreakAsked(BreakRequest request) implements Event {}

  /** The run is recorded; with a problem, it is not and will not be. */
  record Recorded(Optional<String> problem) implements Event {}

  /** Something happened to the command. */
  record OfCommand(ChildEvent event) implements Event {}

  /** Supervision itself failed; {@code line} says how. */
  record Fault(String line) implements Event {}
}
