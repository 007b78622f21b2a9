package org.lockex.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.lockex.ExitCode;
import org.lockex.child.ChildEvent;
import org.lockex.child.ChildException;
import org.lockex.child.Command;
import org.lockex.child.CommandNotStarted;
import org.lockex.child.CommandProcesses;
import org.lockex.child.Signals;
import org.lockex.cli.LogEvent;
import org.lockex.cli.Stderr;
import org.lockex.cli.lockex.LockexOptions;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.lease.Loss;
import org.lockex.znode.BreakRequest;
import org.lockex.znode.OtherMake;

/**
 * The time a command runs under its lock, until nothing of it is left.
 *
 * <p>P1 and P2 rest on the order kept here: the dead man's timer is armed, then the command is
 * spawned; every process is reaped, then the timer is disarmed, then the caller releases the lock.
 */
final class Supervision {
  private final LockexOptions options;
  private final Prepared prepared;
  private final CommandProcesses processes;
  private final HeldLock lock;
  private final Optional<EndRecorder> recorder;
  private final EventSource events;
  private final EndTimes times;
  private final FaultLines lines;
  private final Stderr stderr;

  private Optional<OnLost> onLost = Optional.empty();
  private Optional<ChildEvent.Exited> exited = Optional.empty();

  /** Why the command was ended, where it was not its own end. */
  private Optional<RunOutcome> fault = Optional.empty();

  /** Every process of the command is reaped. */
  private boolean nothingIsLeft;

  /** What {@code --once-per} has to know is known, or never will be. */
  private boolean recorded;

  Supervision(
      LockexOptions options,
      Prepared prepared,
      HeldLock lock,
      Optional<EndRecorder> recorder,
      EventSource events,
      Stderr stderr) {
    this.options = options;
    this.prepared = prepared;
    this.processes = prepared.processes();
    this.lock = lock;
    this.recorder = recorder;
    this.recorded = recorder.isEmpty();
    this.events = events;
    this.times = new EndTimes(lock.lease(), options.killAfter(), options.maxRun(), options.hold());
    this.lines = new FaultLines(lock.path());
    this.stderr = stderr;
  }

  /**
   * Runs the command to its end; returns when the lock may be released.
   *
   * @param waited from the connection to the acquisition, for the command's environment
   */
  RunOutcome run(Duration waited) throws InterruptedException {
    if (times.isLeaseRunningOut(events.now())) {
      return lines.leaseRanOut();
    }
    RunOutcome outcome;
    try {
      prepared.timer().arm(lock.lease().deadline().dieAt());
      lock.lease().listen(new TimerUpdate(prepared.timer(), events));
      Optional<RunOutcome> hindrance = StartCheck.hindrance(events, times, lines);
      outcome = hindrance.isPresent() ? hindrance.get() : runCommand(waited);
    } catch (CommandNotStarted e) {
      outcome = FaultLines.notStarted(e, options.command());
    } catch (ChildException e) {
      outcome = new RunOutcome.Broken(ExitCode.INTERNAL, String.valueOf(e.getMessage()));
    }
    if (!(outcome instanceof RunOutcome.Abandoned)) {
      prepared.timer().close();
    }
    return outcome;
  }

  private RunOutcome runCommand(Duration waited)
      throws CommandNotStarted, ChildException, InterruptedException {
    times.start(events.now());
    Command command = new Command(options.command(), prepared.environment().with(lock, waited));
    if (options.onLost().isPresent()) { // the class is not loaded before the command for nothing
      onLost = Optional.of(new OnLost(options, command.environ(), processes, lines, stderr));
    }
    processes.start(command);
    lock.publishAcquired(Instant.now(), options.maxRun());
    lock.listenForBreak(request -> events.add(new RunEvent.BreakAsked(request)));
    lock.listenForOtherMakes(other -> events.add(new RunEvent.OtherMakeCame(other)));
    return untilTheLockMayGo();
  }

  /**
   * Gives the terminal back; after the lock is released. May not return, see {@link
   * CommandProcesses#leave}.
   */
  void leave() throws InterruptedException {
    exited.ifPresent(processes::leave);
    processes.close();
  }

  private RunOutcome untilTheLockMayGo() throws InterruptedException {
    while (!lockMayGo()) {
      RunEvent event = events.await(times.next(nothingIsLeft && recorded));
      if (event == null) {
        actOnTime();
      } else if (event instanceof RunEvent.OfCommand(ChildEvent.ThreadDied died)) {
        return lines.threadDied(died);
      } else if (event instanceof RunEvent.OfCommand(ChildEvent ofCommand)) {
        on(ofCommand);
      } else if (event instanceof RunEvent.Signalled(int signal)) {
        forward(signal);
      } else if (event instanceof RunEvent.PassedBy(int signal)) {
        processes.signal(signal);
      } else if (event instanceof RunEvent.LockLost(Loss loss)) {
        times.leaseIsLost();
        endAtOnce(lines.lost(loss.why() + "; the command was killed"));
        onLost.filter(_ -> exited.isEmpty()).ifPresent(OnLost::isNotRun);
      } else if (event instanceof RunEvent.Defect(String line)) {
        onDefect(line);
      } else if (event instanceof RunEvent.BreakAsked(BreakRequest request)) {
        giveUp(request);
      } else if (event instanceof RunEvent.OtherMakeCame(OtherMake other)) {
        stderr.warning(lines.otherMakeCame(other));
      } else if (event instanceof RunEvent.Recorded(Optional<String> problem)) {
        recorded = true;
        problem.ifPresent(stderr::fault);
      }
    }
    if (times.isLeaseOver() && !times.isHeldLongEnough(events.now())) {
      stderr.fault(lines.lostBeforeHoldWasOver());
    }
    if (!recorded) {
      stderr.fault(lines.notRecorded());
    }
    return fault.orElseGet(() -> new RunOutcome.CommandExited(exited.orElseThrow().code()));
  }

  /** Nothing of the command is left, its run is recorded, and the lock was held long enough. */
  private boolean lockMayGo() {
    return nothingIsLeft
        && (times.isLeaseOver() || (recorded && times.isHeldLongEnough(events.now())));
  }

  private void on(ChildEvent event) {
    if (event instanceof ChildEvent.Exited end) {
      onExit(end);
    } else if (event instanceof ChildEvent.Ended) {
      nothingIsLeft = true;
      // While the lock is kept, the terminal is already the caller's.
      exited.filter(end -> end.signal() == 0 && !lockMayGo()).ifPresent(processes::leave);
    } else if (event instanceof ChildEvent.CommandStopped) {
      processes.suspend();
    } else if (event instanceof ChildEvent.BesideEnded end) {
      onBesideEnd(end);
    } else if (event instanceof ChildEvent.GuardDied) {
      endAtOnce(lines.guardDied());
    } else if (event instanceof ChildEvent.LeftBehind left) {
      stderr.detail(LogEvent.LEFT_BEHIND, () -> FaultLines.leftBehind(left));
    } else if (event instanceof ChildEvent.Unkillable(List<Integer> pids)) {
      stderr.fault(FaultLines.unkillable(pids));
    }
  }

  private void onExit(ChildEvent.Exited end) {
    exited = Optional.of(end);
    if (end.signal() == Signals.INT || end.signal() == Signals.QUIT) {
      // The keyboard's signal reaches the command alone; it is meant for both.
      times.holdNoLonger();
    }
    times.runNoLonger();
    int code = codeOf(end);
    stderr.about("code", code);
    stderr.about("duration_ms", times.since(events.now()).toMillis());
    stderr.detail(LogEvent.EXITED, () -> "the command ended with " + end.code());
    recorder.ifPresent(r -> r.ended(code, times.since(events.now())));
    if (onLost.isPresent() && onLost.get().runs()) {
      times.endWithCommand(events.now()); // no SIGTERM before it has used its time
    } else {
      processes.end(times.leftoversGrace());
    }
  }

  private void onBesideEnd(ChildEvent.BesideEnded end) {
    onLost.orElseThrow().ended(end);
    if (exited.isPresent()) {
      processes.end(times.leftoversGrace());
    }
  }

  private void endForLoss() {
    if (onLost.isPresent()) {
      onLost.get().terminate(times.graceLeft(events.now()));
    } else {
      processes.terminate();
    }
  }

  /**
   * Somebody asks with {@code lockexctl break}: the command is ended, and lockex says who it was.
   */
  private void giveUp(BreakRequest request) {
    stderr.detail(LogEvent.ASKED, () -> request.by() + " asks us to give the lock up");
    times.holdNoLonger();
    if (exited.isEmpty() && fault.isEmpty()) {
      fault = Optional.of(lines.lost(request.by() + " asked for it; the command was ended"));
      times.toldToEnd(events.now());
      endForLoss();
    }
  }

  private void actOnTime() {
    long now = events.now();
    if (times.isKillDue(now)) {
      times.killed();
      processes.end(Duration.ZERO);
    } else if (times.isLeaseRunningOut(now)) {
      times.endWithLease();
      if (exited.isEmpty()) {
        fault = fault.or(() -> Optional.of(lines.notHeardOf()));
        endForLoss();
      }
    } else if (times.isRunOver(now)) {
      times.runNoLonger();
      if (fault.isEmpty()) {
        stopTheRun(now);
      }
    }
  }

  /** {@code --max-run} is over before the command is. */
  private void stopTheRun(long now) {
    Duration most = options.maxRun().orElseThrow();
    stderr.detail(() -> FaultLines.runIsOver(most));
    fault = Optional.of(lines.timedOut(most, false));
    times.toldToEnd(now);
    processes.terminate();
  }

  /**
   * The exit code of the run, which with {@code --max-run} is not what the command answers to being
   * asked to end.
   */
  private int codeOf(ChildEvent.Exited end) {
    if (fault.isEmpty() || !(fault.get() instanceof RunOutcome.RanTooLong tooLong)) {
      return end.code();
    }
    if (end.signal() == Signals.KILL) {
      fault = Optional.of(lines.timedOut(options.maxRun().orElseThrow(), true));
      return fault.get().exitCode();
    }
    return tooLong.exitCode();
  }

  private void forward(int signal) {
    processes.signal(signal);
    boolean asksToEnd =
        signal == Signals.TERM || signal == Signals.INT || signal == options.stopSignal();
    if (asksToEnd || (exited.isPresent() && Signals.ends(signal))) {
      times.holdNoLonger();
    }
    if (asksToEnd) {
      times.askedToEnd(events.now());
    }
  }

  /** What else was to be waited for may never come. */
  private void onDefect(String line) {
    recorded = true;
    times.holdNoLonger();
    if (fault.isEmpty()) {
      fault = Optional.of(new RunOutcome.Broken(ExitCode.INTERNAL, line));
    }
    processes.end(Duration.ZERO);
  }

  private void endAtOnce(RunOutcome why) {
    if (exited.isEmpty() && fault.isEmpty()) {
      fault = Optional.of(why);
    }
    processes.end(Duration.ZERO);
  }
}
