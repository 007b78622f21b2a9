package org.lockex.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.lockex.ExitCode;
import org.lockex.child.Child;
import org.lockex.child.ChildEvent;
import org.lockex.child.ChildException;
import org.lockex.child.Command;
import org.lockex.child.CommandNotStarted;
import org.lockex.child.DeadMansTimer;
import org.lockex.child.Signals;
import org.lockex.child.SystemClock;
import org.lockex.cli.LockexOptions;
import org.lockex.cli.Stderr;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.lease.Deadline;
import org.lockex.lock.lease.Lease;
import org.lockex.lock.lease.Loss;
import org.lockex.znode.BreakRequest;

/**
 * The time a command runs under its lock, until nothing of it is left.
 *
 * <p>P1 and P2 rest on the order kept here: the dead man's timer is armed, then the command is
 * spawned; every process is reaped, then the timer is disarmed, then the caller releases the lock.
 */
final class Supervision {
  /**
   * What the command left running gets this long between SIGTERM and SIGKILL, or less with {@code
   * -k}.
   */
  private static final Duration LEFTOVERS_GRACE = Duration.ofSeconds(5);

  /**
   * What a command that somebody asked to end gets between SIGTERM and SIGKILL without {@code -k}.
   */
  private static final Duration BREAK_GRACE = Duration.ofSeconds(10);

  private static final long NEVER = Long.MAX_VALUE;

  private final LockexOptions options;
  private final Prepared prepared;
  private final Child child;
  private final HeldLock lock;
  private final Optional<CountedRun> run;
  private final SystemClock clock;
  private final BlockingQueue<RunEvent> events;
  private final Stderr stderr;

  private Optional<ChildEvent.Exited> exited = Optional.empty();
  private Optional<RunOutcome> fault = Optional.empty();

  /** When everything gets SIGKILL, on the lease's clock: after a loss, or by {@code -k}. */
  private long killAt = NEVER;

  /** When the command was started, on the lease's clock. */
  private long started;

  /** Until when the lock is kept at least, likewise: {@code --hold}. */
  private long holdUntil;

  /** Every process of the command is reaped. */
  private boolean nothingIsLeft;

  /** What {@code --once-per} has to know is known, or never will be. */
  private boolean recorded;

  /** The lease will not be waited for any more: it is lost, or its end was acted on. */
  private boolean leaseIsOver;

  Supervision(
      LockexOptions options,
      Prepared prepared,
      HeldLock lock,
      Optional<CountedRun> run,
      SystemClock clock,
      BlockingQueue<RunEvent> events,
      Stderr stderr) {
    this.options = options;
    this.prepared = prepared;
    this.child = prepared.child();
    this.lock = lock;
    this.run = run;
    this.recorded = run.isEmpty();
    this.clock = clock;
    this.events = events;
    this.stderr = stderr;
  }

  /**
   * Runs the command to its end.
   *
   * @param waited from the connection to the acquisition, for the command's environment
   */
  RunOutcome run(Duration waited) throws InterruptedException {
    if (clock.getAsLong() >= termAt()) {
      return lost("the lease ran out before the command was started");
    }
    try (DeadMansTimer timer = prepared.timer()) {
      timer.arm(lock.lease().deadline().dieAt());
      lock.lease().listen(new Keeper(timer, events));
      Optional<RunOutcome> before = cameBeforeTheStart();
      if (before.isPresent()) {
        return before.get();
      }
      started = clock.getAsLong();
      holdUntil = started + options.hold().toNanos();
      child.start(new Command(options.command(), prepared.environment().with(lock, waited)));
      lock.publishAcquired(Instant.now());
      lock.listenForBreak(request -> events.add(new RunEvent.BreakAsked(request)));
      return untilTheLockMayGo();
    } catch (CommandNotStarted e) {
      return new RunOutcome.Broken(e.exitCode(), e.getMessage() + hint());
    } catch (ChildException e) {
      return new RunOutcome.Broken(ExitCode.INTERNAL, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Gives the terminal back; after the lock is released. May not return, see {@link Child#leave}.
   */
  void leave() throws InterruptedException {
    exited.ifPresent(child::leave);
    child.close();
  }

  /**
   * A signal that raced the acquisition never starts the command; nor does a lease already over.
   */
  private Optional<RunOutcome> cameBeforeTheStart() {
    for (RunEvent event = events.poll(); event != null; event = events.poll()) {
      if (event instanceof RunEvent.Signalled(int signal) && RunUnderLock.ends(signal)) {
        return Optional.of(new RunOutcome.Interrupted(signal));
      } else if (event instanceof RunEvent.Lost(Loss loss)) {
        return Optional.of(lost(loss.why() + " before the command was started"));
      } else if (event instanceof RunEvent.Fault(String line)) {
        return Optional.of(new RunOutcome.Broken(ExitCode.INTERNAL, line));
      } else if (event instanceof RunEvent.OfCommand(ChildEvent.GuardDied())) {
        return Optional.of(guardDied());
      }
    }
    return clock.getAsLong() < termAt()
        ? Optional.empty()
        : Optional.of(lost("the lease ran out before the command was started"));
  }

  private RunOutcome untilTheLockMayGo() throws InterruptedException {
    while (!lockMayGo()) {
      RunEvent event = next();
      if (event == null) {
        actOnTime();
      } else if (event instanceof RunEvent.OfCommand(ChildEvent ofCommand)) {
        on(ofCommand);
      } else if (event instanceof RunEvent.Signalled(int signal)) {
        forward(signal);
      } else if (event instanceof RunEvent.Lost(Loss loss)) {
        leaseIsOver = true;
        endAtOnce(lost(loss.why() + "; the command was killed"));
      } else if (event instanceof RunEvent.Fault(String line)) {
        endAtOnce(new RunOutcome.Broken(ExitCode.INTERNAL, line));
      } else if (event instanceof RunEvent.BreakAsked(BreakRequest request)) {
        giveUp(request);
      } else if (event instanceof RunEvent.Recorded(Optional<String> problem)) {
        recorded = true;
        problem.ifPresent(stderr::fault);
      }
    }
    if (leaseIsOver && clock.getAsLong() < holdUntil) {
      stderr.fault("hold on lock " + lock.path() + ": it was lost before --hold was over");
    }
    if (!recorded) {
      stderr.fault("record the run on lock " + lock.path() + ": ZooKeeper is not heard of");
    }
    return fault.orElseGet(this::exitOfCommand);
  }

  private void on(ChildEvent event) {
    if (event instanceof ChildEvent.Exited end) {
      ended(end);
    } else if (event instanceof ChildEvent.Ended) {
      hold();
    } else if (event instanceof ChildEvent.Stopped) {
      child.suspend();
    } else if (event instanceof ChildEvent.GuardDied) {
      endAtOnce(guardDied());
    } else if (event instanceof ChildEvent.Unkillable(List<Integer> pids)) {
      stderr.fault(
          "end on processes " + pids + ": SIGKILL has no effect; the lock is kept meanwhile");
    }
  }

  private void ended(ChildEvent.Exited end) {
    exited = Optional.of(end);
    if (end.signal() == Signals.INT || end.signal() == Signals.QUIT) {
      // The keyboard's signal reaches the command alone; it is meant for both.
      holdUntil = started;
    }
    stderr.detail(() -> "the command ended with " + end.code());
    run.ifPresent(r -> r.ended(end.code(), Duration.ofNanos(clock.getAsLong() - started)));
    child.end(leftoversGrace());
  }

  /** Nothing of the command is left, its run is recorded, and the lock was held long enough. */
  private boolean lockMayGo() {
    return nothingIsLeft && (leaseIsOver || (recorded && clock.getAsLong() >= holdUntil));
  }

  private void hold() {
    nothingIsLeft = true;
    exited.filter(end -> end.signal() == 0 && !lockMayGo()).ifPresent(child::leave);
  }

  /**
   * Somebody asks with {@code lockexctl break}: the command is ended, and lockex says who it was.
   */
  private void giveUp(BreakRequest request) {
    holdUntil = started;
    stderr.detail(() -> request.by() + " asks us to give the lock up");
    if (exited.isEmpty() && fault.isEmpty()) {
      fault = Optional.of(lost(request.by() + " asked for it; the command was ended"));
      killAt =
          Math.min(killAt, clock.getAsLong() + options.killAfter().orElse(BREAK_GRACE).toNanos());
      child.terminate();
    }
  }

  /** The one wait point: the next event, or null when it is time to act. */
  private @Nullable RunEvent next() throws InterruptedException {
    long due = leaseIsOver ? killAt : Math.min(killAt, termAt());
    if (nothingIsLeft && recorded) {
      due = Math.min(due, holdUntil);
    }
    return due == NEVER
        ? events.take()
        : events.poll(due - clock.getAsLong(), TimeUnit.NANOSECONDS);
  }

  private void actOnTime() {
    long now = clock.getAsLong();
    if (now >= killAt) {
      killAt = NEVER;
      child.end(Duration.ZERO);
    } else if (!leaseIsOver && now >= termAt()) {
      leaseIsOver = true;
      killAt = Math.min(killAt, lock.lease().deadline().killAt());
      if (exited.isEmpty()) {
        fault =
            Optional.of(
                lost("ZooKeeper is not heard of; the command was ended before the lock moves on"));
        child.terminate();
      }
    }
  }

  private void forward(int signal) {
    child.signal(signal);
    boolean asksToEnd = signal == Signals.TERM || signal == Signals.INT;
    if (asksToEnd || (exited.isPresent() && RunUnderLock.ends(signal))) {
      holdUntil = started;
    }
    if (asksToEnd && options.killAfter().isPresent()) {
      killAt = Math.min(killAt, clock.getAsLong() + options.killAfter().get().toNanos());
    }
  }

  private void endAtOnce(RunOutcome why) {
    if (exited.isEmpty() && fault.isEmpty()) {
      fault = Optional.of(why);
    }
    child.end(Duration.ZERO);
  }

  private long termAt() {
    Deadline deadline = lock.lease().deadline();
    return deadline.termAt(options.killAfter().orElse(Duration.ofNanos(deadline.timeoutNanos())));
  }

  private Duration leftoversGrace() {
    Duration grace = options.killAfter().orElse(LEFTOVERS_GRACE);
    return grace.compareTo(LEFTOVERS_GRACE) < 0 ? grace : LEFTOVERS_GRACE;
  }

  private RunOutcome exitOfCommand() {
    return new RunOutcome.Exited(exited.orElseThrow().code());
  }

  private RunOutcome lost(String why) {
    return new RunOutcome.Broken(ExitCode.LOST, "hold on lock " + lock.path() + ": " + why);
  }

  private RunOutcome guardDied() {
    return new RunOutcome.Broken(
        ExitCode.INTERNAL, "guard on lock " + lock.path() + ": it died; the command was killed");
  }

  private String hint() {
    return options.command().size() == 1 && hasBlank(options.command().getFirst())
        ? " (a script for the shell? then use --shell)"
        : "";
  }

  private static boolean hasBlank(byte[] word) {
    for (byte b : word) {
      if (b == ' ') {
        return true;
      }
    }
    return false;
  }

  /** Moves the kernel's deadline with every heartbeat. */
  private record Keeper(DeadMansTimer timer, Queue<RunEvent> events) implements Lease.Listener {
    @Override
    public void renewed(Deadline deadline) {
      try {
        timer.arm(deadline.dieAt());
      } catch (ChildException e) {
        events.add(new RunEvent.Fault(String.valueOf(e.getMessage())));
      }
    }

    @Override
    public void lost(Loss loss) {
      events.add(new RunEvent.Lost(loss));
    }
  }
}
