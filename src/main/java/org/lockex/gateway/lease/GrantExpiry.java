package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Deletes grants whose lifetime is over. Clocks of different hosts are never compared:
 *
 * <ul>
 *   <li>Whoever sees a grant knows that at least as much time has passed since it was given as
 *       since it was first seen, on the observer's own monotonic clock. A lockexd that lives sees
 *       every grant at once, so this is exact to some milliseconds.
 *   <li>A lockexd that starts later would begin to count anew. It therefore also asks how old the
 *       grant was then: by one write of its own it learns the leader's time, and the grant's ctime
 *       is the time of the leader that gave it. If both zxids have the same epoch, this was the
 *       same process with the same clock, and the difference counts. After an election it does not,
 *       and the grant lasts longer, never shorter, than promised.
 * </ul>
 *
 * <p>All living lockexds do this for all grants; the delete is version-checked, so the first one
 * wins and the others change nothing. Those that did not give the grant wait a little longer.
 */
final class GrantExpiry {
  private static final Duration COURTESY = Duration.ofMillis(40);
  private static final int EPOCH_SHIFT = 32;

  private final LeaseContext engine;
  private final Consumer<MirroredLock> moved;

  /** {@code moved} hears of each lock that has one holder less. */
  GrantExpiry(LeaseContext engine, Consumer<MirroredLock> moved) {
    this.engine = engine;
    this.moved = moved;
  }

  /** Begins to count for a grant of our own, of which we heard just now. */
  void granted(MirroredNode node) {
    node.expiresAt = engine.timer().now() + lifetime(node).toNanos();
    arm(node, Duration.ZERO);
  }

  /** Begins to count for somebody's grant that is certainly {@code age} old. */
  void seen(MirroredNode node, Duration age) {
    node.expiresAt = engine.timer().now() + lifetime(node).minus(age).toNanos();
    arm(node, COURTESY);
  }

  /** Goes on counting for a grant that was seen before. */
  void goOn(MirroredNode node) {
    arm(node, COURTESY);
  }

  /** Whether a grant's lifetime is over, be it deleted yet or not. */
  boolean over(MirroredNode node) {
    return node.grant() && node.expiresAt - engine.timer().now() <= 0;
  }

  /**
   * How old a grant certainly is, given any later write.
   *
   * @param grant the node of the grant
   * @param zxid the transaction of the later write
   * @param millis the leader's time of that write
   */
  static Duration age(Stat grant, long zxid, long millis) {
    boolean sameClock = grant.getCzxid() >> EPOCH_SHIFT == zxid >> EPOCH_SHIFT;
    return sameClock && millis > grant.getCtime()
        ? Duration.ofMillis(millis - grant.getCtime())
        : Duration.ZERO;
  }

  private static Duration lifetime(MirroredNode node) {
    return node.note.flatMap(Note::lease).map(Note.Terms::lifetime).orElse(Duration.ZERO);
  }

  private void arm(MirroredNode node, Duration longer) {
    if (node.expiry != null) {
      node.expiry.cancel(false);
    }
    node.expiry = engine.timer().at(node.expiresAt + longer.toNanos(), () -> delete(node));
  }

  private void delete(MirroredNode node) {
    if (node.leaving || !engine.connected() || !engine.holds(node)) {
      return;
    }
    node.leaving = true;
    int version = node.stat == null ? 0 : node.stat.getVersion();
    engine
        .transactions()
        .submitAlone(
            new TransactionQueue.Work(
                List.of(Op.delete(node.path, version)),
                "",
                (code, results, zxid) -> deleted(node, code)));
  }

  private void deleted(MirroredNode node, @Nullable Code code) {
    if (code == Code.OK) {
      engine.statistics().expired(node.lock.id);
    }
    if (code == Code.OK || code == Code.NONODE) {
      node.lock.remove(node);
      moved.accept(node.lock);
    } else {
      node.leaving = false;
    }
  }
}
