package org.lockex.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.lockex.ExitCode;
import org.lockex.child.EssentialThread;
import org.lockex.child.Inherited;
import org.lockex.child.SignalReader;
import org.lockex.child.SystemClock;
import org.lockex.cli.LogEvent;
import org.lockex.cli.Stderr;
import org.lockex.cli.Version;
import org.lockex.cli.lockex.LockexOptions;
import org.lockex.local.LocalException;
import org.lockex.local.ServerLocation;
import org.lockex.lock.queue.Locks;
import org.lockex.lock.queue.Patience;
import org.lockex.lock.session.SessionSettings;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.Contender;

/**
 * THE FLOW: connect, acquire, spawn, wait for the first of exit, signal and loss, end all, release.
 */
public final class RunUnderLock {
  /** How long the release may take before lockex leaves it to the session's end. */
  private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(2);

  /** A signal that comes while waiting is answered within 100 ms, whatever ZooKeeper does. */
  private static final Duration SIGNAL_TIMEOUT = Duration.ofMillis(80);

  /** Most locks are acquired before. */
  private static final Duration REHEARSAL_AFTER = Duration.ofSeconds(1);

  private final LockexOptions options;
  private final Inherited inherited;
  private final SignalReader signals;
  private final BlockingQueue<RunEvent> events;
  private final Stderr stderr;

  private final Patience patience = new Patience();

  /** Whether the lock is acquired is known. */
  private final CountDownLatch decided = new CountDownLatch(1);

  /**
   * Prepares a run; nothing happens yet.
   *
   * @param options what to run, and under which lock
   * @param inherited what the command gets unchanged
   * @param signals the reader of the signals, which arrive at {@code events} already
   * @param events where everything that happens arrives
   * @param stderr where faults and what is under way are told
   */
  public RunUnderLock(
      LockexOptions options,
      Inherited inherited,
      SignalReader signals,
      BlockingQueue<RunEvent> events,
      Stderr stderr) {
    this.options = options;
    this.inherited = inherited;
    this.signals = signals;
    this.events = events;
    this.stderr = stderr;
  }

  /**
   * Runs the command under its lock; returns when nothing of it is left and the lock is free.
   *
   * @return how it ended
   * @throws InterruptedException if this thread is interrupted; the command may still run then
   */
  public RunOutcome run() throws InterruptedException {
    stderr.about("lock", options.connection().root().pathOf(options.lockId()));
    Optional<RunOutcome> end = splay();
    if (end.isPresent()) {
      return end.get();
    }
    RunOutcome outcome;
    try {
      outcome = run(ServerLocation.find(options.connection(), inherited::variable));
    } catch (LocalException e) {
      outcome = new RunOutcome.Broken(ExitCode.UNREACHABLE, String.valueOf(e.getMessage()));
      tell(outcome);
    }
    return outcome;
  }

  private Optional<RunOutcome> splay() throws InterruptedException {
    if (options.splay().isZero()) {
      return Optional.empty();
    }
    signals.leaveStops();
    String lock = options.connection().root().pathOf(options.lockId());
    return Splay.ofThisMachine().await(options.splay(), lock, events, stderr);
  }

  private RunOutcome run(ServerLocation servers) throws InterruptedException {
    FutureTask<Prepared> prepared = prepare();
    ZooKeeperSession session = connect(servers);
    signals.leaveStops();
    LockWait.WaitResult result =
        new LockWait(options, inherited, session, patience, events, stderr).await(prepared);
    signals.takeStops();
    decided.countDown();
    if (result instanceof LockWait.Refused(RunOutcome why)) {
      tell(why);
      release(session, releaseTimeout(why), "session ended");
      return why;
    }
    LockWait.Ready ready = (LockWait.Ready) result;
    EventSource source = new EventQueue(events, clock());
    Supervision supervision =
        new Supervision(options, ready.prepared(), ready.lock(), ready.recorder(), source, stderr);
    RunOutcome outcome = supervision.run(ready.waited());
    if (outcome instanceof RunOutcome.Abandoned) {
      tell(outcome);
      return outcome;
    }
    release(session, RELEASE_TIMEOUT, "session ended, the lock is released");
    tell(outcome);
    stderr.finish(); // what follows may not return
    supervision.leave();
    return outcome;
  }

  private void tell(RunOutcome outcome) {
    if (outcome.fault().isPresent()) {
      stderr.about("code", outcome.exitCode());
      stderr.fault(
          outcome instanceof RunOutcome.RanTooLong ? LogEvent.TIMED_OUT : LogEvent.FAULT,
          outcome.fault().get());
    }
  }

  private FutureTask<Prepared> prepare() {
    FutureTask<Prepared> task =
        new FutureTask<>(() -> Prepared.make(inherited, options.stopSignal(), clock(), events));
    start(
        "child",
        () -> {
          task.run();
          Locks.prepare();
          rehearse(task);
        });
    return task;
  }

  /** Whoever waits for long has time to be quick when the lock comes. */
  private void rehearse(FutureTask<Prepared> prepared) {
    try {
      if (!decided.await(REHEARSAL_AFTER.toNanos(), TimeUnit.NANOSECONDS)) {
        prepared.get().processes().rehearse(() -> decided.getCount() == 0);
      }
    } catch (ExecutionException e) {
      // Nothing will run.
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private ZooKeeperSession connect(ServerLocation servers) {
    ZooKeeperSession session =
        ZooKeeperSession.open(
            new SessionSettings(
                servers.hosts(),
                options.connection().sessionTimeout(),
                options.connection().connectTimeout(),
                servers.security(),
                clock(),
                Contender.ofThisProcess(options.command(), Instant.now(), Version.number())
                    .told(options.connection().metadata()),
                stderr::detail,
                defect -> events.add(RunEvent.Defect.of("lock", defect))));
    start("acquire", new AcquireTask(options, inherited, session, patience, events, stderr));
    return session;
  }

  private void start(String name, Runnable body) {
    Consumer<Throwable> onDeath = e -> events.add(RunEvent.Defect.of(name, e));
    EssentialThread.start(name, body, onDeath);
  }

  private SystemClock clock() {
    return options.connection().servers().isOnThisMachine()
        ? SystemClock.MONOTONIC
        : SystemClock.BOOTTIME;
  }

  private static Duration releaseTimeout(RunOutcome why) {
    if (why instanceof RunOutcome.Interrupted) {
      return SIGNAL_TIMEOUT;
    }
    return why instanceof RunOutcome.Broken broken && broken.code() == ExitCode.UNREACHABLE
        ? Duration.ZERO
        : RELEASE_TIMEOUT;
  }

  private void release(ZooKeeperSession session, Duration timeout, String words)
      throws InterruptedException {
    switch (session.end(timeout)) {
      case ANSWERED -> stderr.detail(LogEvent.RELEASED, () -> words);
      case SENT, NOT_SENT ->
          stderr.detail(() -> "ZooKeeper is away: it ends the session by itself");
    }
  }
}
