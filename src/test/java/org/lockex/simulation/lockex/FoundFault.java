package org.lockex.simulation.lockex;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.lockex.simulation.jvm.Play;
import org.lockex.simulation.jvm.World;
import org.lockex.simulation.zookeeper.Disturbance;
import org.lockex.simulation.zookeeper.Ensemble;
import org.lockex.simulation.zookeeper.EnsembleTimes;

/**
 * Faults that the simulation has found, each as the few events that it takes; the seed is its
 * number, and {@code FoundFaultIT} says what each is about.
 */
public final class FoundFault implements Play {
  private static final long TIMEOUT = 6_000_000_000L;

  /** Made by the name of its class. */
  public FoundFault() {}

  private static final class Times implements Disturbance {
    private final String client;
    private final int type;
    private final Effect effect;
    private int spared;
    private int left;

    Times(String client, int type, Effect effect, int times) {
      this(client, type, effect, times, 0);
    }

    Times(String client, int type, Effect effect, int times, int spared) {
      this.client = client;
      this.type = type;
      this.effect = effect;
      this.left = times;
      this.spared = spared;
    }

    @Override
    public Effect on(String from, int request) {
      return from.equals(client) && request == type && spared-- <= 0 && left-- > 0
          ? effect
          : Effect.NONE;
    }
  }

  private static Disturbance what(int number) {
    return switch (number) {
      case 1 -> new Times("lockex2", OpCode.create2, Disturbance.Effect.LOST_REQUEST, 2);
      case 2 -> new Times("lockex2", OpCode.create2, Disturbance.Effect.LOST_ANSWER, 3);
      case 3 -> new Times("lockex3", OpCode.checkWatches, Disturbance.Effect.LOST_REQUEST, 1);
      // From the first folder that it makes on, from the second one, and so on.
      default ->
          new Times(
              "lockex1", OpCode.createContainer, Disturbance.Effect.LOST_REQUEST, 3, number - 4);
    };
  }

  @Override
  public Outcome run(long seed) {
    World world = new World(seed, Boolean.getBoolean("simulation.verbose"));
    boolean semaphore = seed >= 3;
    Ensemble ensemble =
        new Ensemble(
            world, 3, new EnsembleTimes(1000, 3, 500_000, 2_000_000, 400_000_000, 200_000_000), 0);
    ensemble.disturb(what((int) seed));
    Witness witness = new Witness(world, semaphore ? 2 : 1);
    List<SimulatedLockex> all = new ArrayList<>();
    String failure = null;
    try {
      for (int i = 1; i <= 3; i++) {
        SimulatedLockex one =
            new SimulatedLockex(ensemble, world, witness, "lockex" + i, 1, TIMEOUT);
        all.add(one);
        one.start(semaphore ? 2 : 1, Duration.ofNanos(TIMEOUT));
        world.runUntil(world.now() + TIMEOUT / 8);
      }
      world.runUntil(20 * TIMEOUT);
      for (SimulatedLockex one : all) {
        one.requireServed(0);
      }
      ensemble.requireEmpty("/lockex/x");
    } catch (RuntimeException e) {
      failure = String.valueOf(e.getMessage());
    }
    world.close();
    return new Outcome(
        failure,
        world.now(),
        1,
        witness.served(),
        world.steps(),
        world.trace().digest(),
        world.trace().last());
  }
}
