package org.lockex.simulation.zookeeper;

import java.util.HashMap;
import java.util.Map;
import org.lockex.simulation.jvm.World;

/** How long it takes from one to another, and which ways are cut, each for itself. */
public final class Paths {
  private final World world;
  private final Map<String, Long> cutUntil = new HashMap<>();
  private final Map<String, Slow> slow = new HashMap<>();
  private final long typical;

  private record Slow(long until, long by) {}

  Paths(World world, long typicalNanos) {
    this.world = world;
    this.typical = typicalNanos;
  }

  /** Nothing gets from one to the other until then; the way back is another one. */
  public void cut(String from, String to, long until) {
    cutUntil.merge(from + ">" + to, until, Math::max);
  }

  boolean isCut(String from, String to) {
    return mended(from, to) > world.now();
  }

  /** When the way is open: now, where it is not cut. */
  long mended(String from, String to) {
    return Math.max(world.now(), cutUntil.getOrDefault(from + ">" + to, 0L));
  }

  /** What goes that way takes so much longer until then. */
  public void slow(String from, String to, long until, long by) {
    slow.put(from + ">" + to, new Slow(until, by));
  }

  /** All ways are open. */
  public void mendAll() {
    cutUntil.clear();
    slow.clear();
  }

  /** When something sent now is there; TCP sends again what was lost in a cut. */
  long arrival(String from, String to) {
    long open = mended(from, to);
    long again = open > world.now() ? world.between(0, 400_000_000) : 0;
    Slow slower = slow.get(from + ">" + to);
    long more = slower != null && slower.until > world.now() ? slower.by : 0;
    return open + again + delay() + more;
  }

  long delay() {
    double spread = world.random().nextDouble();
    // Mostly the typical time, seldom ten times that.
    return (long) (typical * (0.5 + spread + (spread > 0.98 ? 10 * (spread - 0.98) / 0.02 : 0)));
  }
}
