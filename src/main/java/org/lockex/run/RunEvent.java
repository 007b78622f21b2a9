package org.lockex.run;

import java.util.Optional;
import org.lockex.child.ChildEvent;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.lease.Loss;
import org.lockex.znode.BreakRequest;
import org.lockex.znode.OtherMake;

/**
 * Whatever lockex waits for; all of it arrives in one queue, at the one place where it is waited.
 */
public sealed interface RunEvent {
  /**
   * A signal came to lockex.
   *
   * @param signal its number
   */
  record Signalled(int signal) implements RunEvent {}

  /**
   * A signal came that lockex was started with as ignored (nohup): only the command may want it.
   *
   * @param signal its number
   */
  record PassedBy(int signal) implements RunEvent {}

  /** The first connection to ZooKeeper stands: the time allowed for the lock runs from here. */
  record Connected() implements RunEvent {}

  /**
   * This process holds the lock.
   *
   * @param lock what is held
   * @param recorder of the end of the run, with {@code --once-per}
   */
  record Acquired(HeldLock lock, Optional<EndRecorder> recorder) implements RunEvent {}

  /**
   * The lock will not be acquired.
   *
   * @param outcome why, and with which exit code
   */
  record NotAcquired(RunOutcome outcome) implements RunEvent {}

  /**
   * This process does not hold the lock any more.
   *
   * @param loss how
   */
  record LockLost(Loss loss) implements RunEvent {}

  /**
   * Somebody asks the holder to give the lock up.
   *
   * @param request who asks, and what for
   */
  record BreakAsked(BreakRequest request) implements RunEvent {}

  /**
   * Somebody who locks with another library has come to the lock, and runs beside the command.
   *
   * @param other who
   */
  record OtherMakeCame(OtherMake other) implements RunEvent {}

  /**
   * The run is recorded; with a problem, it is not and will not be.
   *
   * @param problem why not; empty: it is
   */
  record Recorded(Optional<String> problem) implements RunEvent {}

  /**
   * Something happened to the command.
   *
   * @param event what happened
   */
  record OfCommand(ChildEvent event) implements RunEvent {}

  /**
   * lockex itself failed.
   *
   * @param line {@code <what> on <what>: <why>}
   */
  record Defect(String line) implements RunEvent {
    /** A thread without which lockex cannot go on has died. */
    static Defect of(String thread, Throwable cause) {
      return new Defect("run on thread " + thread + ": it died of " + cause);
    }
  }
}
