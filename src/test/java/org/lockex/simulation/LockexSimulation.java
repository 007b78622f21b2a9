package org.lockex.simulation;

import java.util.List;
import java.util.Optional;
import org.lockex.simulation.jvm.Play;
import org.lockex.simulation.jvm.RealCode;

/**
 * Some lockex contend for one lock: all of their code but for sockets, clocks and processes, with
 * Curator and ZooKeeper's client as they are.
 */
final class LockexSimulation implements Simulation {
  private static final int SHOWN = 80;

  private final Play play = new RealCode().play("org.lockex.simulation.lockex.LockexPlay");

  @Override
  public String name() {
    return "lockex";
  }

  @Override
  public Outcome run(long seed) {
    Play.Outcome outcome = play.run(seed);
    return new Outcome(
        Optional.ofNullable(outcome.failure()),
        outcome.nanos(),
        outcome.faults(),
        outcome.served());
  }

  @Override
  public String told(long seed) {
    Play.Outcome outcome = play.run(seed);
    List<String> trace = outcome.trace();
    return String.join("\n", trace.subList(Math.max(0, trace.size() - SHOWN), trace.size()))
        + "\n"
        + outcome.failure();
  }
}
