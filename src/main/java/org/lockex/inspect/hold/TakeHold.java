package org.lockex.inspect.hold;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.lockex.ExitCode;
import org.lockex.cli.DurationText;
import org.lockex.cli.LogEvent;
import org.lockex.cli.Stderr;
import org.lockex.cli.lockexctl.LockexctlAction;
import org.lockex.inspect.text.Output;
import org.lockex.lock.grant.HoldMaking;
import org.lockex.lock.grant.HoldMaking.MadeHold;
import org.lockex.lock.grant.HoldRelease;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.queue.LockRequest;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.waiting.HolderLine;
import org.lockex.znode.ContenderData;
import org.lockex.znode.JsonWriter;
import org.lockex.znode.LeaseTerms;
import org.lockex.znode.LockRoot;

/** {@code lockexctl hold}: acquires the lock, makes a hold of it, and prints its handle. */
public final class TakeHold {
  /** A tool whose reader went away: 128 + SIGPIPE, as shells show it. */
  private static final int NO_READER = 141;

  /** The longest time that people can write. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  /** How long the end of the session may take before it is left to its timeout. */
  private static final Duration END_TIMEOUT = Duration.ofMillis(500);

  private final LockexctlAction.Hold wanted;
  private final LockRoot root;
  private final Output out;
  private final Stderr stderr;
  private final boolean json;

  /**
   * Prepares it.
   *
   * @param wanted what is asked for
   * @param root the parent of all locks
   * @param out where the handle goes
   * @param stderr where faults go
   * @param json whether the handle is printed as JSON
   */
  public TakeHold(
      LockexctlAction.Hold wanted, LockRoot root, Output out, Stderr stderr, boolean json) {
    this.wanted = wanted;
    this.root = root;
    this.out = out;
    this.stderr = stderr;
    this.json = json;
  }

  /** {@return what our nodes tell while we wait} */
  public LeaseTerms terms() {
    return LeaseTerms.hold(wanted.timeout().orElse(FOR_EVER), wanted.lasts(), wanted.reason());
  }

  /**
   * Takes it.
   *
   * @param opener opens a session; what it is given is to be told what a thread of it died of
   * @return the exit code
   * @throws LockException if something is broken; then nothing is held, or the words say so
   * @throws InterruptedException if this thread was interrupted
   */
  public int run(Function<Consumer<Throwable>, ZooKeeperSession> opener)
      throws LockException, InterruptedException {
    CompletableFuture<Throwable> defect = new CompletableFuture<>();
    HandOut handOut = new HandOut();
    ZooKeeperSession session = opener.apply(defect::complete);
    try {
      return run(session, defect, handOut);
    } finally {
      try {
        session.end(END_TIMEOUT);
      } finally {
        handOut.leave();
      }
    }
  }

  private int run(ZooKeeperSession session, CompletableFuture<Throwable> defect, HandOut handOut)
      throws LockException, InterruptedException {
    LockRequest request =
        new LockRequest(
            root,
            wanted.id(),
            wanted.concurrency(),
            wanted.timeout().filter(Duration::isZero).isPresent(),
            wanted.all());
    if (request.allLeases() && !fits(session)) {
      return stderr.fail(
          ExitCode.USAGE.code(),
          "hold on " + name() + ": that many leases do not fit into one transaction");
    }
    HoldWait wait = new HoldWait(session, request, wanted.timeout(), stderr);
    CompletableFuture<Void> _ = defect.thenAccept(wait::broken);
    Optional<HeldLock> lock = wait.await();
    if (lock.isEmpty()) {
      return stderr.fail(
          ExitCode.BUSY.code(), LogEvent.BUSY, "hold on " + HolderLine.of(request, session));
    }
    handOut.making();
    MadeHold hold = make(session, lock.get(), request);
    if (!hold.left().isPositive()) {
      stderr.about("code", ExitCode.UNREACHABLE.code());
      giveBack(session, hold, "ZooKeeper answered only when its time was over");
      return ExitCode.UNREACHABLE.code();
    }
    String line = line(lock.get(), hold);
    if (!handOut.printing(
        () -> giveBack(session, hold, "its handle was not read when a signal came"))) {
      giveBack(session, hold, "a signal came before its handle was printed");
      return ExitCode.INTERNAL.code(); // The signal tells the code.
    }
    return print(session, hold, line, handOut);
  }

  private boolean fits(ZooKeeperSession session) {
    byte[] data =
        ContenderData.lease(session.settings().contender(), terms().granted(Long.MAX_VALUE))
            .bytes();
    return HoldMaking.fits(data, wanted.concurrency());
  }

  private MadeHold make(ZooKeeperSession session, HeldLock lock, LockRequest request)
      throws LockException, InterruptedException {
    try {
      return new HoldMaking(session, lock, request)
          .make()
          .orElseThrow(() ->
              new LockException(
                  LockException.Kind.UNREACHABLE,
                  "cannot hold",
                  lock.path(),
                  "the lock was lost before the hold stood"));
    } catch (LockException e) {
      if (e.kind() == LockException.Kind.UNREACHABLE) {
        stderr.warning(
            "hold on "
                + name()
                + ": if it stands, lockexctl show tells its handle, and it ends by itself after "
                + DurationText.of(wanted.lasts()));
      }
      throw e;
    }
  }

  private String line(HeldLock lock, MadeHold hold) {
    return json
        ? new JsonWriter()
            .text("handle", hold.handle().toString())
            .text("lock", wanted.id().value())
            .text("path", lock.path())
            .text("expires", hold.end().toString())
            .number("token", lock.token())
            .toString()
        : hold.handle().toString();
  }

  private int print(ZooKeeperSession session, MadeHold hold, String line, HandOut handOut)
      throws InterruptedException {
    try {
      out.atOnce(line);
    } catch (IOException e) {
      int code = "Broken pipe".equals(e.getMessage()) ? NO_READER : ExitCode.INTERNAL.code();
      if (handOut.printed()) {
        stderr.about("code", code);
        giveBack(session, hold, "its handle could not be printed (" + e.getMessage() + ")");
      }
      return code;
    }
    if (!handOut.printed()) {
      handOut.leave(); // It is being given back, and whoever reads the handle now has the code.
    }
    return 0;
  }

  private void giveBack(ZooKeeperSession session, MadeHold hold, String why) {
    String words = "hold on " + name() + ": " + why + ": ";
    try {
      boolean _ = new HoldRelease(session, root, hold.handle()).run();
      stderr.fault(words + "given back");
    } catch (LockException | InterruptedException e) {
      stderr.fault(
          words
              + "not given back ("
              + e.getMessage()
              + "): lockexctl release "
              + hold.handle()
              + ", or it ends by itself after "
              + DurationText.of(wanted.lasts()));
    }
    stderr.finish(); // A signal may end us now.
  }

  private String name() {
    return "lock " + root.pathOf(wanted.id());
  }
}
