package org.lockex.run;

import org.lockex.child.ChildException;
import org.lockex.child.DeadlineTimer;
import org.lockex.lock.lease.Deadline;
import org.lockex.lock.lease.Lease;
import org.lockex.lock.lease.Loss;

/** Moves the kernel's deadline with every heartbeat, and tells of the loss. */
record TimerUpdate(DeadlineTimer timer, EventSource events) implements Lease.HoldListener {
  @Override
  public void renewed(Deadline deadline) {
    try {
      timer.arm(deadline.dieAt());
    } catch (ChildException e) {
      events.add(new RunEvent.Defect(String.valueOf(e.getMessage())));
    }
  }

  @Override
  public void lost(Loss loss) {
    events.add(new RunEvent.LockLost(loss));
  }
}
