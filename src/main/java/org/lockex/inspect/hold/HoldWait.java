package org.lockex.inspect.hold;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lockex.child.EssentialThread;
import org.lockex.cli.DurationText;
import org.lockex.cli.Stderr;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.queue.LockRequest;
import org.lockex.lock.queue.Locks;
import org.lockex.lock.queue.Patience;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.waiting.OpenRootWarning;
import org.lockex.waiting.WaitingLine;

/** Waits for the lock, or the end of the time allowed, as lockex does. */
final class HoldWait {
  private static final long NEVER = Long.MAX_VALUE;

  private final ZooKeeperSession session;
  private final LockRequest request;
  private final Optional<Duration> timeout;
  private final Stderr stderr;
  private final CompletableFuture<Optional<HeldLock>> acquired = new CompletableFuture<>();
  private final Patience patience = new Patience();
  private boolean patienceIsOver;

  HoldWait(
      ZooKeeperSession session, LockRequest request, Optional<Duration> timeout, Stderr stderr) {
    this.session = session;
    this.request = request;
    this.timeout = timeout;
    this.stderr = stderr;
  }

  /** A thread of the lock has died, so it will not come. */
  void broken(Throwable defect) {
    acquired.completeExceptionally(defect);
  }

  /** The lock; empty if others have it, and nobody wants to wait for them any more. */
  Optional<HeldLock> await() throws LockException, InterruptedException {
    session.awaitConnected();
    if (session.settings().security().hasIdentity()) {
      OpenRootWarning.ask(session, request.root(), stderr);
    }
    Optional<WaitingLine> line =
        WaitingLine.of(request, session, stderr, Optional.ofNullable(System.getenv("LOCKEX_PATH")));
    long end = timeout.map(most -> System.nanoTime() + nanos(most)).orElse(NEVER);
    if (request.tryOnly()) {
      patienceIsOver = true;
      end += nanos(session.settings().connectTimeout());
    }
    EssentialThread.start("acquire", this::acquire, this::broken);
    try {
      return await(line, end);
    } finally {
      line.ifPresent(WaitingLine::clear);
    }
  }

  private Optional<HeldLock> await(Optional<WaitingLine> line, long first)
      throws LockException, InterruptedException {
    long end = first;
    while (true) {
      long until = end;
      long due = line.map(WaitingLine::due).filter(at -> at < until).orElse(end);
      try {
        return due == NEVER
            ? acquired.get()
            : acquired.get(Math.max(0, due - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (due != end) {
          line.ifPresent(WaitingLine::draw);
        } else if (patienceIsOver) {
          throw notAnswered();
        } else {
          patienceIsOver = true;
          end += nanos(session.settings().connectTimeout());
          patience.end();
        }
      } catch (ExecutionException e) {
        throw failure(e.getCause() == null ? e : e.getCause());
      }
    }
  }

  private void acquire() {
    try {
      acquired.complete(Locks.acquire(session, request, patience));
    } catch (LockException e) {
      acquired.completeExceptionally(e);
    } catch (InterruptedException e) {
      acquired.completeExceptionally(e); // The session was ended.
    }
  }

  private LockException failure(Throwable cause) {
    return cause instanceof LockException known
        ? known
        : new LockException(
            LockException.Kind.INTERNAL, "cannot hold", path(), String.valueOf(cause), cause);
  }

  private LockException notAnswered() {
    return new LockException(
        LockException.Kind.UNREACHABLE,
        "cannot hold",
        path(),
        "ZooKeeper did not answer within " + DurationText.of(session.settings().connectTimeout()));
  }

  private String path() {
    return request.root().pathOf(request.id());
  }

  private static long nanos(Duration duration) {
    return Math.min(duration.toSeconds(), Duration.ofDays(10_000).toSeconds()) * 1_000_000_000
        + duration.toNanosPart();
  }
}
