package org.lockex.simulation.lockex;

import java.util.LinkedHashSet;
import java.util.Set;
import org.lockex.simulation.jvm.World;

/** Sees all commands at once, as nobody in a real system can. */
final class Witness {
  private final World world;
  private final int most;
  private final Set<String> running = new LinkedHashSet<>();
  private long newest = -1;
  private int served;

  Witness(World world, int most) {
    this.world = world;
    this.most = most;
  }

  void starts(String command, long token) {
    running.add(command);
    world.note(command + " starts with token " + token);
    if (running.size() > most) {
      throw new Violation("more than " + most + " run: " + running);
    }
    if (most == 1 && token <= newest) {
      throw new Violation("token " + token + " of " + command + " comes after " + newest);
    }
    newest = Math.max(newest, token);
    served++;
  }

  void isGone(String command) {
    if (running.remove(command)) {
      world.note(command + " is gone");
    }
  }

  /** How many commands were started. */
  int served() {
    return served;
  }
}
