package org.lockex.run;

import java.time.Duration;
import java.util.List;
import org.lockex.ExitCode;
import org.lockex.child.ChildEvent;
import org.lockex.child.CommandNotStarted;
import org.lockex.child.Signals;
import org.lockex.cli.DurationText;
import org.lockex.znode.OtherMake;

/**
 * What lockex says about a run that did not end by itself.
 *
 * @param lock the path of its node
 */
record FaultLines(String lock) {
  RunOutcome lost(String why) {
    return new RunOutcome.Broken(ExitCode.LOST, "hold on lock " + lock + ": " + why);
  }

  RunOutcome timedOut(Duration most, boolean killed) {
    return new RunOutcome.RanTooLong(
        killed ? ExitCode.ofSignal(Signals.KILL) : ExitCode.TIMED_OUT.code(),
        "run on lock "
            + lock
            + ": it took longer than --max-run "
            + DurationText.of(most)
            + "; the command was "
            + (killed ? "killed" : "ended"));
  }

  static String runIsOver(Duration most) {
    return "--max-run " + DurationText.of(most) + " is over: the command is asked to end";
  }

  RunOutcome leaseRanOut() {
    return lost("the lease ran out before the command was started");
  }

  RunOutcome notHeardOf() {
    return lost("ZooKeeper is not heard of; the command was ended before the lock moves on");
  }

  RunOutcome guardDied() {
    return new RunOutcome.Broken(
        ExitCode.INTERNAL, "guard on lock " + lock + ": it died; the command was killed");
  }

  RunOutcome threadDied(ChildEvent.ThreadDied died) {
    return new RunOutcome.Abandoned(RunEvent.Defect.of(died.name(), died.cause()).line());
  }

  static RunOutcome notStarted(CommandNotStarted e, List<byte[]> command) {
    String hint =
        command.size() == 1 && hasBlank(command.getFirst())
            ? " (a script for the shell? then use --shell)"
            : "";
    return new RunOutcome.Broken(e.exitCode(), e.getMessage() + hint);
  }

  private static boolean hasBlank(byte[] word) {
    for (byte b : word) {
      if (b == ' ') {
        return true;
      }
    }
    return false;
  }

  String otherMakeCame(OtherMake other) {
    return "hold on lock "
        + lock
        + ": "
        + other.library()
        + " has come to it, node "
        + other.node()
        + ", and does not wait for lockex: it may run beside the command";
  }

  String onLost(String what) {
    return "run --on-lost on lock " + lock + ": " + what;
  }

  String lostBeforeHoldWasOver() {
    return "hold on lock " + lock + ": it was lost before --hold was over";
  }

  String notRecorded() {
    return "record the run on lock " + lock + ": ZooKeeper is not heard of";
  }

  static String leftBehind(ChildEvent.LeftBehind left) {
    return "ending what the command left behind: "
        + String.join(", ", left.some())
        + (left.more() > 0 ? " and " + left.more() + " more" : "");
  }

  static String unkillable(List<Integer> pids) {
    return "end on processes " + pids + ": SIGKILL has no effect; the lock is kept meanwhile";
  }
}
