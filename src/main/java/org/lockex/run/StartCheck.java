package org.lockex.run;

import java.util.Optional;
import org.lockex.ExitCode;
import org.lockex.child.ChildEvent;
import org.lockex.child.Signals;
import org.lockex.lock.lease.Loss;

/** The last look before the command is started. */
final class StartCheck {
  private StartCheck() {}

  /**
   * A signal that came together with the lock never starts the command; nor does a lease already
   * over.
   */
  static Optional<RunOutcome> hindrance(EventSource events, EndTimes times, FaultLines lines) {
    for (Optional<RunEvent> next = events.poll(); next.isPresent(); next = events.poll()) {
      RunEvent event = next.get();
      if (event instanceof RunEvent.Signalled(int signal) && Signals.ends(signal)) {
        return Optional.of(new RunOutcome.Interrupted(signal));
      } else if (event instanceof RunEvent.LockLost(Loss loss)) {
        return Optional.of(lines.lost(loss.why() + " before the command was started"));
      } else if (event instanceof RunEvent.Defect(String line)) {
        return Optional.of(new RunOutcome.Broken(ExitCode.INTERNAL, line));
      } else if (event instanceof RunEvent.OfCommand(ChildEvent.GuardDied())) {
        return Optional.of(lines.guardDied());
      } else if (event instanceof RunEvent.OfCommand(ChildEvent.ThreadDied died)) {
        return Optional.of(lines.threadDied(died));
      }
    }
    return times.isLeaseRunningOut(events.now())
        ? Optional.of(lines.leaseRanOut())
        : Optional.empty();
  }
}
