package org.lockex.znode;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.zookeeper.data.Stat;

/**
 * How long grants last that somebody watches who did not give them. A grant is as old as the time
 * that has passed since we first saw it, or since somebody on this host did ({@link
 * GrantSightings}), on a clock that cannot be set, and it lasts a twentieth longer, because that
 * clock may be faster than the one its end was told by. So it lasts longer than promised, up to
 * twice as long where nobody watched before, and never shorter: the clocks of the servers, which
 * are set, have no say.
 */
public final class GrantAges {
  private final GrantSightings sightings;
  private final LongSupplier clock;

  /** By when each grant had begun, on the clock; by its czxid, which no other node has. */
  private final Map<Long, Long> began = new HashMap<>();

  /**
   * Nothing has been seen yet.
   *
   * @param clock nanoseconds since the boot
   */
  public GrantAges(LongSupplier clock) {
    this.clock = clock;
    this.sightings = GrantSightings.byThisHost(clock);
  }

  /** {@return what marks that this host has seen a grant} */
  public GrantSightings sightings() {
    return sightings;
  }

  /**
   * A grant is seen now.
   *
   * @param grant what it promises
   * @param data its data, as it was read
   * @param stat the state of its node
   * @return for how long it lasts yet; not positive if it is over
   */
  public Duration left(Grant grant, byte[] data, Stat stat) {
    long now = clock.getAsLong();
    long seen = now - sightings.age(data).toNanos();
    long known = began.merge(stat.getCzxid(), seen, (one, other) -> one - other < 0 ? one : other);
    return grant.lifetime().plus(grant.margin()).minus(Duration.ofNanos(now - known));
  }
}
