package org.lockex.run;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.lockex.ExitCode;
import org.lockex.child.ChildEvent;
import org.lockex.child.ChildException;
import org.lockex.child.Inherited;
import org.lockex.child.Signals;
import org.lockex.cli.DurationText;
import org.lockex.cli.LogEvent;
import org.lockex.cli.Stderr;
import org.lockex.cli.lockex.LockexOptions;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.queue.LockRequest;
import org.lockex.lock.queue.Patience;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.waiting.HolderLine;
import org.lockex.waiting.WaitingLine;

/** Waits for the lock, a signal, or the end of the time allowed, whichever is first. */
final class LockWait {
  private static final long NEVER = Long.MAX_VALUE;
  private static final Duration LONGEST = Duration.ofDays(10_000);

  private final LockexOptions options;
  private final Inherited inherited;
  private final ZooKeeperSession session;
  private final Patience patience;
  private final BlockingQueue<RunEvent> events;
  private final Stderr stderr;

  /** The path of the lock under which lockex itself was started; empty for none. */
  private final Optional<String> under;

  private long connected = System.nanoTime();

  /** When the time allowed is over: that for others, then that for ZooKeeper's answers. */
  private long end = NEVER;

  private boolean patienceIsOver;
  private Optional<WaitingLine> line = Optional.empty();

  LockWait(
      LockexOptions options,
      Inherited inherited,
      ZooKeeperSession session,
      Patience patience,
      BlockingQueue<RunEvent> events,
      Stderr stderr) {
    this.options = options;
    this.inherited = inherited;
    this.session = session;
    this.patience = patience;
    this.events = events;
    this.stderr = stderr;
    this.under = inherited.variable("LOCKEX_PATH");
  }

  /** What the waiting came to. */
  sealed interface WaitResult {}

  /**
   * The lock is acquired.
   *
   * @param waited from the connection on
   */
  record Ready(HeldLock lock, Optional<EndRecorder> recorder, Prepared prepared, Duration waited)
      implements WaitResult {}

  /** No command will be started. */
  record Refused(RunOutcome why) implements WaitResult {}

  WaitResult await(FutureTask<Prepared> first) throws InterruptedException {
    FutureTask<Prepared> prepared = first;
    while (true) {
      RunEvent event = next();
      if (event instanceof RunEvent.Connected) {
        connected = System.nanoTime();
        options.timeout().ifPresent(this::allow);
        line = WaitingLine.of(request(), session, stderr, under);
        stderr.about("session", session.id());
        stderr.detail(LogEvent.CONNECTED, this::connectedTo);
      } else if (event instanceof RunEvent.Acquired acquired) {
        return ready(acquired, prepared);
      } else if (event instanceof RunEvent.NotAcquired(RunOutcome why)) {
        if (why instanceof RunOutcome.Skipped skipped) {
          stderr.about("code", skipped.exitCode());
          stderr.remark(LogEvent.SKIPPED, skipped.why());
          if (skipped.doubt().isPresent()) {
            stderr.warning(skipped.doubt().get());
          }
        } else if (why instanceof RunOutcome.NotInTime) {
          stderr.about("code", why.exitCode());
          stderr.remark(LogEvent.BUSY, () -> HolderLine.of(request(), session));
        }
        return new Refused(why);
      } else if (event instanceof RunEvent.Signalled(int signal)) {
        Optional<RunOutcome> end = effect(signal, events);
        if (end.isPresent()) {
          return new Refused(end.get());
        }
      } else if (event instanceof RunEvent.OfCommand(ChildEvent.GuardDied _)) {
        prepared = withNewGuard(prepared);
      } else if (event instanceof RunEvent.Defect(String defect)) {
        return broken(defect);
      } else if (event instanceof RunEvent.OfCommand(ChildEvent.ThreadDied died)) {
        return broken(RunEvent.Defect.of(died.name(), died.cause()).line());
      }
    }
  }

  /** While nothing runs that could know better, a signal has its default effect. */
  static Optional<RunOutcome> effect(int signal, BlockingQueue<RunEvent> events) {
    if (Signals.ends(signal)) {
      return Optional.of(new RunOutcome.Interrupted(signal));
    }
    // Where the kernel stops us itself (SignalReader.leaveStops), none of these comes here.
    // Where it does not, a CONT may have come since, and be here by now.
    if (!events.contains(new RunEvent.Signalled(Signals.CONT))) {
      Signals.stopBy(signal);
    }
    return Optional.empty();
  }

  /** Whoever waits for hours would otherwise fail at its turn. */
  private FutureTask<Prepared> withNewGuard(FutureTask<Prepared> old) {
    FutureTask<Prepared> task =
        new FutureTask<>(() -> old.get().withNewGuard(inherited, options.stopSignal(), events));
    task.run();
    return task;
  }

  private WaitResult ready(RunEvent.Acquired acquired, FutureTask<Prepared> prepared)
      throws InterruptedException {
    HeldLock lock = acquired.lock();
    Duration waited = Duration.ofNanos(System.nanoTime() - connected);
    stderr.about("token", lock.token());
    stderr.about("waited_ms", waited.toMillis());
    stderr.detail(
        LogEvent.ACQUIRED,
        () ->
            "lock "
                + lock.path()
                + " acquired after "
                + waited.toMillis()
                + " ms, token "
                + lock.token());
    try {
      return new Ready(lock, acquired.recorder(), prepared.get(), waited);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return broken(
          cause instanceof ChildException
              ? String.valueOf(cause.getMessage())
              : "prepare on command: " + cause);
    }
  }

  private LockRequest request() {
    return new LockRequest(
        options.connection().root(),
        options.lockId(),
        options.concurrency(),
        options.timeout().filter(Duration::isZero).isPresent());
  }

  private static WaitResult broken(String line) {
    return new Refused(new RunOutcome.Broken(ExitCode.INTERNAL, line));
  }

  private String connectedTo() {
    return "connected, session "
        + session.id()
        + ", timeout "
        + DurationText.of(session.timeout())
        + "; waiting for lock "
        + options.lockId()
        + CommandOrigin.remark(options).map(words -> "; " + words).orElse("");
  }

  private void allow(Duration timeout) {
    end = connected + nanos(timeout);
    if (timeout.isZero()) {
      allowForAnswers(); // it is a try from the beginning
    }
  }

  /** Others are not waited for any more; to take a free lock may last as long as to connect. */
  private void allowForAnswers() {
    patienceIsOver = true;
    end += nanos(options.connection().connectTimeout());
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(LONGEST) < 0 ? duration.toNanos() : LONGEST.toNanos();
  }

  private RunEvent next() throws InterruptedException {
    while (true) {
      long due = line.map(WaitingLine::due).filter(at -> at < end).orElse(end);
      RunEvent event =
          due == NEVER ? events.take() : events.poll(due - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event != null) {
        line.ifPresent(WaitingLine::clear);
        return event;
      }
      if (due != end) {
        line.ifPresent(WaitingLine::draw);
      } else if (patienceIsOver) {
        line.ifPresent(WaitingLine::clear);
        return new RunEvent.NotAcquired(notAnswered());
      } else {
        allowForAnswers();
        patience.end();
      }
    }
  }

  private RunOutcome notAnswered() {
    return new RunOutcome.Broken(
        ExitCode.UNREACHABLE,
        "acquire on lock "
            + options.lockId()
            + ": ZooKeeper did not answer within "
            + DurationText.of(options.connection().connectTimeout()));
  }
}
