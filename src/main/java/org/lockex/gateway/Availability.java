package org.lockex.gateway;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException.Code;
import org.lockex.cli.LogEvent;
import org.lockex.cli.Stderr;
import org.lockex.gateway.async.AsyncZooKeeper;
import org.lockex.gateway.async.RootProbe;
import org.lockex.gateway.async.TaskScheduler;
import org.lockex.gateway.lease.Leases;

/**
 * Whether clients can be served: ZooKeeper answers, the locks are known here, and new ones can be
 * made. Says on stderr when that has not been so for a while, once and why, and when it is so
 * again.
 */
final class Availability {
  /** How far it is. */
  private enum Stage {
    /** It has never been there. */
    STARTING,
    THERE,
    /** Away for a moment: a change of the server takes one. */
    AWAY,
    /** Away, and that has been said. */
    SAID,
    /** lockexd ends, and wants ZooKeeper no more. */
    ENDING
  }

  private static final Duration TICK = Duration.ofSeconds(1);

  /** How often the root is probed while all is well, in ticks. */
  private static final int PROBED_EVERY = 5;

  /** A write that is not answered for so long will not be. */
  private static final Duration UNANSWERED = Duration.ofSeconds(10);

  /** Why ZooKeeper is not there, in the words of who has asked around. */
  interface OutageDiagnosis {
    /**
     * May take a moment.
     *
     * @param refusal what ZooKeeper said
     * @param silent whether it is connected and does not answer
     */
    String why(Optional<Code> refusal, boolean silent);
  }

  private final Leases leases;
  private final RootProbe probe;
  private final TaskScheduler timer;
  private final OutageDiagnosis diagnosis;
  private final Stderr stderr;
  private final CompletableFuture<Boolean> first = new CompletableFuture<>();

  private Stage stage = Stage.STARTING;
  private long awaySince;
  private Optional<Code> refusal = Optional.empty();
  private OptionalLong asked = OptionalLong.empty();
  private int ticks;

  Availability(
      Leases leases,
      RootProbe probe,
      TaskScheduler timer,
      OutageDiagnosis diagnosis,
      Stderr stderr) {
    this.leases = leases;
    this.probe = probe;
    this.timer = timer;
    this.diagnosis = diagnosis;
    this.stderr = stderr;
  }

  /** Begins to look; before the leases are started. */
  void start() {
    leases.directory().onReady(this::probe);
    next();
  }

  /** Says nothing any more: why lockexd ends has been said. */
  synchronized void stop() {
    stage = Stage.ENDING;
  }

  /** Completed when clients can be served for the first time. */
  CompletableFuture<Boolean> first() {
    return first;
  }

  /** Whether clients can be served now. */
  boolean isThere() {
    boolean connected = leases.directory().ready();
    synchronized (this) {
      return connected && stage == Stage.THERE;
    }
  }

  /** Whether it is for want of rights that they cannot be. */
  boolean lacksRights() {
    Optional<Code> said;
    synchronized (this) {
      said = refusal;
    }
    return said.or(leases.directory()::refusal).filter(OutageWords::isOfRights).isPresent();
  }

  /** Why they cannot be; may take a moment. */
  String why() {
    Optional<Code> said;
    boolean silent;
    synchronized (this) {
      said = refusal;
      silent = isSilent();
    }
    return diagnosis.why(said.or(leases.directory()::refusal), silent);
  }

  private void next() {
    var _ = timer.after(TICK, this::tick);
  }

  private void tick() {
    try {
      boolean connected = leases.directory().ready();
      boolean due;
      synchronized (this) {
        if (!connected || isSilent()) {
          away();
        }
        due = connected && (stage != Stage.THERE || ++ticks % PROBED_EVERY == 0);
      }
      if (due) {
        probe();
      }
    } finally {
      next();
    }
  }

  private void probe() {
    synchronized (this) {
      if (asked.isPresent()) {
        return;
      }
      asked = OptionalLong.of(System.nanoTime());
    }
    probe.ask(this::answered);
  }

  private synchronized boolean isSilent() {
    return asked.isPresent() && System.nanoTime() - asked.getAsLong() > UNANSWERED.toNanos();
  }

  private synchronized void answered(Code code) {
    asked = OptionalLong.empty();
    if (code == Code.OK) {
      refusal = Optional.empty();
      there();
    } else if (!AsyncZooKeeper.lost(code)) {
      refusal = Optional.of(code);
      away();
    }
  }

  private void there() {
    if (stage == Stage.ENDING) {
      return;
    }
    if (stage == Stage.SAID) {
      stderr.warning(LogEvent.BACK, "ZooKeeper is back");
    }
    stage = Stage.THERE;
    first.complete(true);
  }

  private void away() {
    if (stage == Stage.THERE) {
      stage = Stage.AWAY;
      awaySince = System.nanoTime();
    } else if (stage == Stage.AWAY && System.nanoTime() - awaySince >= TICK.toNanos()) {
      stage = Stage.SAID;
      // It asks around, which may take longer than a tick.
      var _ =
          Thread.ofVirtual().name("diagnosis").start(() -> stderr.warning(LogEvent.AWAY, why()));
    }
  }
}
