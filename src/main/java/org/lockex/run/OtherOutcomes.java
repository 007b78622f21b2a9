package org.lockex.run;

import java.time.Duration;
import java.util.Optional;
import org.lockex.ExitCode;
import org.lockex.lock.hold.RunLog;
import org.lockex.znode.RunRecord;

/**
 * What the one run that the AOT cache is made from does not come to. With these classes in the
 * cache, nothing to do takes no longer than something.
 */
final class OtherOutcomes {
  private OtherOutcomes() {}

  /** Loads their classes; the sum of their exit codes, so that somebody uses them. */
  static int load() {
    RunLog.NotDue notDue = new RunLog.NotDue(RunRecord.NONE, Duration.ZERO);
    int codes = 0;
    for (RunEvent event :
        new RunEvent[] {
          CountedRun.skipped(0, "", notDue, Optional.empty()),
          new RunEvent.NotAcquired(new RunOutcome.NotInTime(0)),
          new RunEvent.NotAcquired(new RunOutcome.Interrupted(0)),
          new RunEvent.NotAcquired(new RunOutcome.Broken(ExitCode.INTERNAL, ""))
        }) {
      codes += ((RunEvent.NotAcquired) event).outcome().exitCode();
    }
    return codes;
  }
}
