package org.lockex.simulation.lockex;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.lockex.simulation.jvm.Play;
import org.lockex.simulation.jvm.World;
import org.lockex.simulation.zookeeper.Ensemble;
import org.lockex.simulation.zookeeper.EnsembleTimes;

/**
 * Some lockex contend for one lock while all kinds of things go wrong; then nothing does any more,
 * and all have to come to their end.
 */
public final class LockexPlay implements Play {
  private static final double DRIFT = 0.02;

  /** Made by the name of its class, in the loader of {@link org.lockex.simulation.jvm.RealCode}. */
  public LockexPlay() {}

  @Override
  public Outcome run(long seed) {
    World world = new World(seed, Boolean.getBoolean("simulation.verbose"));
    Scenario scenario = new Scenario(world);
    String failure = null;
    try {
      scenario.run();
    } catch (RuntimeException | Error e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      failure = cause instanceof Violation ? cause.getMessage() : e + ", " + cause;
      if (!(cause instanceof Violation)) {
        failure += " at " + List.of(cause.getStackTrace()).stream().limit(12).toList();
      }
    }
    world.close();
    return new Outcome(
        failure,
        world.now(),
        scenario.faults.count(),
        scenario.witness.served(),
        world.steps(),
        world.trace().digest(),
        world.trace().last());
  }

  private static final class Scenario {
    private final World world;
    private final int concurrency;
    private final long timeout;
    private final Ensemble ensemble;
    private final Witness witness;
    private final LockexFaults faults;
    private final List<SimulatedLockex> all = new ArrayList<>();
    private final int contenders;
    private final long calm;
    private final boolean quick;

    Scenario(World world) {
      this.world = world;
      this.concurrency = world.chance(0.7) ? 1 : 2;
      int tick = List.of(500, 1000, 2000).get(world.random().nextInt(3));
      this.timeout = tick * 1_000_000L * List.of(3, 4, 5, 8, 16, 20).get(world.random().nextInt(6));
      // A ping of the ensemble takes less than T/4 less half a tick: docs/proof.md.
      long latePing = (timeout / 4 - tick * 500_000L) / 2;
      this.ensemble =
          new Ensemble(
              world,
              world.chance(0.9) ? 3 : 5,
              new EnsembleTimes(
                  tick,
                  2 + world.random().nextInt(8),
                  world.chance(0.7) ? 500_000 : 3_000_000,
                  world.chance(0.7) ? 2_000_000 : 20_000_000,
                  latePing,
                  world.between(100_000_000, 1_000_000_000)),
              DRIFT);
      this.witness = new Witness(world, concurrency);
      this.contenders = 2 + world.random().nextInt(4);
      this.quick = world.chance(0.25);
      this.calm = timeout * (10 + world.random().nextInt(30));
      this.faults = new LockexFaults(world, ensemble, all, timeout, calm);
    }

    void run() {
      come();
      faults.begin();
      world.runUntil(calm);
      endFaults();
      long left = 12 * timeout;
      for (SimulatedLockex one : all) {
        left += one.isGone() ? 0 : 5 * timeout;
      }
      world.runUntil(calm + left);
      for (SimulatedLockex one : all) {
        one.requireServed(calm + 4 * timeout);
      }
      world.runUntil(world.now() + 3 * timeout);
      ensemble.requireEmpty("/lockex/x");
    }

    /** Whenever there is room somebody comes, until it is calm. */
    private void come() {
      long alive = all.stream().filter(one -> !one.isGone()).count();
      if (alive < contenders) {
        long takes = world.between(timeout / 100, quick ? timeout / 4 : 4 * timeout);
        SimulatedLockex next =
            new SimulatedLockex(
                ensemble, world, witness, "lockex" + (all.size() + 1), world.rate(DRIFT), takes);
        all.add(next);
        next.start(concurrency, Duration.ofNanos(timeout));
      }
      long pause = world.between(1_000_000, timeout / (quick ? 10 : 2));
      world.after(
          pause,
          () -> {
            if (world.now() < calm) {
              come();
            }
          });
    }

    private void endFaults() {
      world.note("no more faults");
      ensemble.paths().mendAll();
      all.forEach(one -> one.jvm().cont());
    }
  }
}
