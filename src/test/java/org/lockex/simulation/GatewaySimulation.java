package org.lockex.simulation;

import java.util.ArrayList;
import java.util.List;
import org.lockex.simulation.GatewayPlan.Action;

/** Runs seeds of {@link GatewayWorld}, and makes of a seed that fails the shortest trace. */
final class GatewaySimulation implements Simulation {
  /** So long the search for a shorter trace may take, in true nanoseconds. */
  private static final long SEARCH = 4_000_000_000L;

  private static final int MOST_LINES = 120;

  @Override
  public String name() {
    return "lockexd";
  }

  @Override
  public Outcome run(long seed) {
    return outcome(GatewayPlan.of(seed), played(GatewayPlan.of(seed), false));
  }

  private static Outcome outcome(GatewayPlan plan, GatewayWorld world) {
    return new Outcome(
        world.witness().violation(), world.time().now(), plan.faults(), world.witness().grants());
  }

  private static GatewayWorld played(GatewayPlan plan, boolean traced) {
    GatewayWorld world = new GatewayWorld(plan, traced);
    long began = world.time().now();
    boolean well = true;
    for (Action action : plan.actions()) {
      well = well && world.run(began + action.when() - world.time().now());
      if (well) {
        action.does().accept(world);
      }
    }
    if (well && world.run(began + plan.length() - world.time().now())) {
      world.settle(GatewayPlan.LONGEST.toNanos() * 5 / 2);
    }
    return world;
  }

  private static boolean fails(GatewayPlan plan) {
    return played(plan, false).witness().violation().isPresent();
  }

  @Override
  public String told(long seed) {
    GatewayPlan plan = shortest(GatewayPlan.of(seed));
    GatewayWorld world = played(plan, true);
    String violation = world.witness().violation().orElse("nothing violated");
    List<String> lines =
        world.trace().lines().stream()
            .filter(line -> TraceWords.isAbout(line, violation.split(":", -1)[0]))
            .toList();
    return violation
        + "\n  "
        + String.join("\n  ", lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size()));
  }

  /** Leaves out, half by half and then one by one, whatever is not needed for the violation. */
  private static GatewayPlan shortest(GatewayPlan plan) {
    long end = System.nanoTime() + SEARCH;
    List<Action> needed = new ArrayList<>(plan.actions());
    for (int share = Math.max(1, needed.size() / 2); share >= 1; share /= 2) {
      for (int from = Math.max(0, needed.size() - share); from >= 0; from -= share) {
        List<Action> fewer = new ArrayList<>(needed);
        fewer.subList(from, Math.min(fewer.size(), from + share)).clear();
        if (System.nanoTime() - end < 0 && fails(plan.with(fewer))) {
          needed = fewer;
        }
      }
    }
    return plan.with(needed);
  }
}
