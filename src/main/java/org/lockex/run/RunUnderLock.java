package org.lockex.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.lockex.ExitCode;
import org.lockex.child.ChildException;
import org.lockex.child.Detached;
import org.lockex.child.Inherited;
import org.lockex.child.Signals;
import org.lockex.child.SystemClock;
import org.lockex.cli.DurationText;
import org.lockex.cli.LockexOptions;
import org.lockex.cli.Stderr;
import org.lockex.cli.Version;
import org.lockex.local.LocalEndpoint;
import org.lockex.local.LocalException;
import org.lockex.local.LocalServers;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.queue.Locks;
import org.lockex.lock.session.Hosts;
import org.lockex.lock.session.SessionSettings;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.Contender;

/**
 * THE FLOW: connect, acquire, spawn, wait for the first of exit, signal and loss, end all, release.
 */
public final class RunUnderLock {
  /** How long the release may take before lockex leaves it to the session's end. */
  private static final Duration RELEASE_PATIENCE = Duration.ofSeconds(2);

  /** A signal that comes while waiting is answered within 100 ms, whatever ZooKeeper does. */
  private static final Duration SIGNAL_PATIENCE = Duration.ofMillis(80);

  /** Most locks are had before. */
  private static final Duration REHEARSAL_AFTER = Duration.ofSeconds(1);

  private final LockexOptions options;
  private final Inherited inherited;
  private final BlockingQueue<RunEvent> events;
  private final Stderr stderr;

  /** Whether the lock is had is known. */
  private final CountDownLatch decided = new CountDownLatch(1);

  /**
   * Prepares a run; nothing happens yet.
   *
   * @param options what to run, and under which lock
   * @param inherited what the command gets unchanged
   * @param events where signals already arrive
   * @param stderr where faults and what is under way are told
   */
  public RunUnderLock(
      LockexOptions options, Inherited inherited, BlockingQueue<RunEvent> events, Stderr stderr) {
    this.options = options;
    this.inherited = inherited;
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
    Optional<LocalEndpoint> local;
    try {
      local = local();
    } catch (LocalException e) {
      RunOutcome why = new RunOutcome.Broken(ExitCode.UNREACHABLE, String.valueOf(e.getMessage()));
      why.fault().ifPresent(stderr::fault);
      return why;
    }
    FutureTask<Prepared> prepared = prepare();
    ZooKeeperSession session = connect(local);
    Turn turn = acquire(session, prepared);
    decided.countDown();
    if (turn instanceof NotAcquired(RunOutcome why)) {
      why.fault().ifPresent(stderr::fault);
      release(session, patience(why));
      return why;
    }
    Acquired ours = (Acquired) turn;
    Supervision supervision =
        new Supervision(options, ours.prepared, ours.lock, ours.run, clock(), events, stderr);
    RunOutcome outcome = supervision.run(ours.waited);
    release(session, RELEASE_PATIENCE);
    outcome.fault().ifPresent(stderr::fault);
    supervision.leave();
    return outcome;
  }

  private sealed interface Turn {}

  private record Acquired(
      HeldLock lock, Optional<CountedRun> run, Prepared prepared, Duration waited)
      implements Turn {}

  private record NotAcquired(RunOutcome why) implements Turn {}

  private FutureTask<Prepared> prepare() {
    FutureTask<Prepared> task = new FutureTask<>(() -> Prepared.make(inherited, clock(), events));
    Thread thread =
        new Thread(
            () -> {
              task.run();
              Locks.prepare();
              rehearse(task);
            },
            "child");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  /** Whoever waits for long has time to be quick at the turn. */
  private void rehearse(FutureTask<Prepared> prepared) {
    try {
      if (!decided.await(REHEARSAL_AFTER.toNanos(), TimeUnit.NANOSECONDS)) {
        prepared.get().child().rehearse(() -> decided.getCount() == 0);
      }
    } catch (ExecutionException e) {
      // Nothing will run.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<LocalEndpoint> local() throws LocalException {
    if (options.connection().hosts().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        LocalServers.ofThisUser(name -> LockexProgram.variable(inherited, name), Detached::spawn)
            .connect(options.connection().connectTimeout()));
  }

  private ZooKeeperSession connect(Optional<LocalEndpoint> local) {
    Hosts hosts =
        local
            .map(endpoint -> Hosts.parse(endpoint.hosts()))
            .or(() -> options.connection().hosts())
            .orElseThrow();
    ZooKeeperSession session =
        ZooKeeperSession.open(
            new SessionSettings(
                hosts,
                options.connection().sessionTimeout(),
                options.connection().connectTimeout(),
                local.map(LocalEndpoint::digest),
                clock(),
                Contender.ofThisProcess(options.command(), Instant.now(), Version.number()),
                stderr::detail,
                defect ->
                    events.add(
                        new RunEvent.Fault("hold on lock " + options.lockId() + ": " + defect))));
    Thread thread = new Thread(new AcquireTask(options, session, events), "acquire");
    thread.setDaemon(true);
    thread.start();
    return session;
  }

  private SystemClock clock() {
    return options.connection().hosts().isPresent() ? SystemClock.BOOTTIME : SystemClock.MONOTONIC;
  }

  /** Waits for the lock, a signal, or the end of the time allowed. */
  private Turn acquire(ZooKeeperSession session, FutureTask<Prepared> prepared)
      throws InterruptedException {
    long connected = System.nanoTime();
    Optional<Duration> allowed = Optional.empty();
    Optional<WaitingLine> line = Optional.empty();
    while (true) {
      RunEvent event = next(connected, allowed, line);
      if (event instanceof RunEvent.Connected) {
        connected = System.nanoTime();
        allowed = options.timeout().filter(Duration::isPositive);
        line = WaitingLine.of(options, session, stderr);
        stderr.detail(() -> connectedTo(session));
      } else if (event instanceof RunEvent.Acquired(HeldLock lock, Optional<CountedRun> run)) {
        Duration waited = Duration.ofNanos(System.nanoTime() - connected);
        stderr.detail(() ->
            "lock "
                + lock.path()
                + " had after "
                + waited.toMillis()
                + " ms, token "
                + lock.token());
        return together(lock, run, prepared, waited);
      } else if (event instanceof RunEvent.NotAcquired(RunOutcome why)) {
        if (why instanceof RunOutcome.Skipped skipped) {
          stderr.detail(skipped::why);
        }
        return new NotAcquired(why);
      } else if (event instanceof RunEvent.Signalled(int signal) && ends(signal)) {
        return new NotAcquired(new RunOutcome.Interrupted(signal));
      } else if (event instanceof RunEvent.Fault(String fault)) {
        return new NotAcquired(new RunOutcome.Broken(ExitCode.INTERNAL, fault));
      }
    }
  }

  private String connectedTo(ZooKeeperSession session) {
    return "connected, session "
        + session.id()
        + ", timeout "
        + DurationText.of(session.timeout())
        + "; waiting for lock "
        + options.lockId();
  }

  private Turn together(
      HeldLock lock, Optional<CountedRun> run, FutureTask<Prepared> prepared, Duration waited)
      throws InterruptedException {
    try {
      return new Acquired(lock, run, prepared.get(), waited);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      String line =
          cause instanceof ChildException
              ? String.valueOf(cause.getMessage())
              : "prepare on command: " + cause;
      return new NotAcquired(new RunOutcome.Broken(ExitCode.INTERNAL, line));
    }
  }

  /**
   * While nothing runs that could know better, a signal ends lockex unless its default effect is
   * none.
   */
  static boolean ends(int signal) {
    return signal != Signals.WINCH && signal != Signals.CONT;
  }

  private RunEvent next(long since, Optional<Duration> allowed, Optional<WaitingLine> line)
      throws InterruptedException {
    while (true) {
      long end = since + allowed.map(Duration::toNanos).orElse(Long.MAX_VALUE / 2);
      long due = line.map(WaitingLine::due).filter(at -> at < end).orElse(end);
      RunEvent event =
          allowed.isEmpty() && line.isEmpty()
              ? events.take()
              : events.poll(due - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event != null) {
        line.ifPresent(WaitingLine::clear);
        return event;
      }
      if (due == end) {
        line.ifPresent(WaitingLine::clear);
        return new RunEvent.NotAcquired(new RunOutcome.Busy(options.conflictExitCode()));
      }
      line.ifPresent(WaitingLine::draw);
    }
  }

  private static Duration patience(RunOutcome why) {
    return switch (why) {
      case RunOutcome.Interrupted _ -> SIGNAL_PATIENCE;
      case RunOutcome.Broken(ExitCode code, String _) when code == ExitCode.UNREACHABLE ->
          Duration.ZERO;
      case RunOutcome _ -> RELEASE_PATIENCE;
    };
  }

  private void release(ZooKeeperSession session, Duration patience) throws InterruptedException {
    switch (session.end(patience)) {
      case ANSWERED -> stderr.detail(() -> "session ended, the lock is free");
      case SENT, NOT_SENT ->
          stderr.detail(() -> "ZooKeeper is away: it ends the session by itself");
    }
  }
}
