package org.lockex.run;

import org.lockex.child.ChildEvent;
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

  /** The lock is ours. */
  record Acquired(HeldLock lock) implements Event {}

  /** The lock will not be had. */
  record NotAcquired(Outcome outcome) implements Event {}

  /** The lock is no longer ours. */
  record Lost(Loss loss) implements Event {}

  /** Something happened to the command. */
  record OfCommand(ChildEvent event) implements Event {}

  /** Supervision itself failed; {@code line} says how. */
  record Fault(String line) implements Event {}
}
