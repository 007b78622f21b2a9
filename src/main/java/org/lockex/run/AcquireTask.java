package org.lockex.run;

import java.util.Optional;
import java.util.Queue;
import org.lockex.child.Inherited;
import org.lockex.cli.ServerChoice;
import org.lockex.cli.Stderr;
import org.lockex.cli.lockex.LockexOptions;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.queue.LockRequest;
import org.lockex.lock.queue.Locks;
import org.lockex.lock.queue.Patience;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.waiting.OpenRootWarning;
import org.lockex.znode.RunOrigin;

/**
 * Connects and takes the lock on a thread of its own, so that a signal or the end of the time
 * allowed need not wait for it.
 */
final class AcquireTask implements Runnable {
  private final LockexOptions options;
  private final Inherited inherited;
  private final ZooKeeperSession session;
  private final Patience patience;
  private final Queue<RunEvent> events;
  private final Stderr stderr;

  AcquireTask(
      LockexOptions options,
      Inherited inherited,
      ZooKeeperSession session,
      Patience patience,
      Queue<RunEvent> events,
      Stderr stderr) {
    this.options = options;
    this.inherited = inherited;
    this.session = session;
    this.patience = patience;
    this.events = events;
    this.stderr = stderr;
  }

  /** What an exception of the lock package means to the caller of lockex. */
  private RunOutcome.Broken broken(LockException e) {
    String wayOut =
        e.kind() == LockException.Kind.UNREACHABLE
                && options.connection().servers() instanceof ServerChoice.Ensemble
            ? " (name the servers in ZKHOSTS, or use --local)"
            : "";
    return new RunOutcome.Broken(e.exitCode(), e.getMessage() + wayOut);
  }

  @Override
  public void run() {
    try {
      Optional<RunOrigin> origin =
          options.oncePer().isPresent()
              ? Optional.of(CommandOrigin.of(options, inherited.environ()))
              : Optional.empty();
      session.awaitConnected();
      if (options.connection().security().hasIdentity()) {
        OpenRootWarning.ask(session, options.connection().root(), stderr);
      }
      events.add(new RunEvent.Connected());
      attempt(origin);
    } catch (LockException e) {
      events.add(new RunEvent.NotAcquired(broken(e)));
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private void attempt(Optional<RunOrigin> origin) throws LockException, InterruptedException {
    boolean tryOnly = options.timeout().isPresent() && options.timeout().get().isZero();
    LockRequest request =
        new LockRequest(
            options.connection().root(), options.lockId(), options.concurrency(), tryOnly);
    boolean acquired;
    if (origin.isEmpty()) {
      acquired =
          Locks.acquire(
              session,
              request,
              patience,
              lock -> events.add(new RunEvent.Acquired(lock, Optional.empty())));
    } else {
      Optional<HeldLock> lock = Locks.acquire(session, request, patience);
      acquired = lock.isPresent();
      if (acquired) {
        events.add(
            CountedRun.askWhetherDue(
                options,
                options.oncePer().orElseThrow(),
                session,
                lock.get(),
                origin.get(),
                events));
      }
    }
    if (!acquired) {
      events.add(new RunEvent.NotAcquired(new RunOutcome.NotInTime(options.conflictExitCode())));
    }
  }
}
