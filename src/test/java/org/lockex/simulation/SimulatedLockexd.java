package org.lockex.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.lockex.fixture.DeafListener;
import org.lockex.gateway.async.AsyncRuntime;
import org.lockex.gateway.async.RootProbe;
import org.lockex.gateway.async.SerialExecutor;
import org.lockex.gateway.async.TaskScheduler;
import org.lockex.gateway.lease.LeaseLimits;
import org.lockex.gateway.lease.Leases;
import org.lockex.znode.Contender;
import org.lockex.znode.GrantSightings;
import org.lockex.znode.Metadata;

/** A lockexd: the real lease model, in a process of the simulation. */
final class SimulatedLockexd {
  static final String ROOT = "/lockex";
  static final String TOKENS = "/lockex-tokens";
  private static final LeaseLimits LIMITS = new LeaseLimits(1000, 1000, 1000, 1000);
  private static final long PROBED = 5 * VirtualTime.SECOND;

  private final SimulatedProcess process;
  private final Leases leases;
  private final RootProbe probe;
  private boolean able;

  /** Starts it; {@code luck} is its own. */
  SimulatedLockexd(
      Ensemble ensemble, Host host, Duration timeout, Random luck, Witness witness, Trace trace) {
    this.process = new SimulatedProcess(ensemble.time(), host, host.name());
    GatewayLink zooKeeper =
        new GatewayLink(ensemble, process, luck, timeout, words -> trace.say(host, () -> words));
    TaskScheduler scheduler = (delay, task) -> process.after(delay.toNanos(), task)::cancel;
    SerialExecutor executor =
        new SerialExecutor((subject, thrown) -> {
          StringBuilder where = new StringBuilder();
          for (StackTraceElement at : thrown.getStackTrace()) {
            if (at.getClassName().startsWith("org.lockex.gateway") && where.length() < 400) {
              where.append(" < ").append(at.getFileName()).append(":").append(at.getLineNumber());
            }
          }
          witness.violated(subject.lock() + ": a defect in " + host + ": " + thrown + where);
        });
    AsyncRuntime runtime =
        new AsyncRuntime(
            zooKeeper,
            executor,
            scheduler,
            host::nanos,
            () -> Instant.ofEpochMilli(host.wallMillis()),
            () -> new UUID(luck.nextLong(), luck.nextLong()));
    this.leases =
        new Leases(
            runtime,
            ROOT,
            TOKENS,
            LIMITS,
            new Contender(host.name(), 1, "", "lockexd", Instant.EPOCH, "test"),
            Metadata.ALL,
            new GrantSightings("boot-" + host.name(), host::nanos),
            new DeafListener());
    this.probe = new RootProbe(zooKeeper, ROOT);
    try {
      leases.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    process.after(PROBED, this::ask);
  }

  private void ask() {
    probe.ask(code -> able = code == org.apache.zookeeper.KeeperException.Code.OK);
    process.after(PROBED, this::ask);
  }

  /** Whether its last probe could write. */
  boolean able() {
    return able;
  }

  SimulatedProcess process() {
    return process;
  }

  Host host() {
    return process.host();
  }

  Leases leases() {
    return leases;
  }

  /** Ends it as SIGTERM does: it waits for two seconds for what is being granted. */
  void stop() {
    boolean[] ended = {false};
    Runnable end =
        () -> {
          if (!ended[0]) {
            ended[0] = true;
            try {
              leases.end();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            process.kill();
          }
        };
    process.run(() -> {
      var _ = leases.refuse().thenRun(end);
      process.after(2 * VirtualTime.SECOND, end);
    });
  }
}
