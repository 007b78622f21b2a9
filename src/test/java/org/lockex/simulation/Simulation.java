package org.lockex.simulation;

import java.util.List;
import java.util.Optional;

/** Something real that runs in virtual time; all that befalls it is drawn from a seed. */
interface Simulation {
  /**
   * What came of a seed.
   *
   * @param violation what should not have been; its lock before the first colon
   * @param nanos of virtual time
   * @param served how often somebody got what it wanted
   */
  record Outcome(Optional<String> violation, long nanos, long faults, long served) {}

  /** All that there are. */
  static List<Simulation> all() {
    return List.of(new GatewaySimulation(), new LockexSimulation());
  }

  /** In regressions and figures. */
  String name();

  Outcome run(long seed);

  /** For people: what a seed that fails violates, and how it comes to it, as short as it gets. */
  String told(long seed);
}
