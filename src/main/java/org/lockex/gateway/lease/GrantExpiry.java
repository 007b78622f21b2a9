package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.lockex.gateway.async.StepSubject;
import org.lockex.gateway.async.TransactionQueue;

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
 * <p>Until one of these has told how old a grant is, its end is unknown, and what is unknown is
 * never over.
 *
 * <p>All living lockexds do this for all grants; the delete is version-checked, so the first one
 * wins and the others change nothing. Those that did not give the grant wait a little longer.
 */
final class GrantExpiry {
  private static final Duration COURTESY = Duration.ofMillis(40);

  private final LeaseContext context;
  private final Consumer<MirroredLock> moved;

  /** {@code moved} hears of each lock that has one holder less. */
  GrantExpiry(LeaseContext context, Consumer<MirroredLock> moved) {
    this.context = context;
    this.moved = moved;
  }

  /** Counts for a grant of our own; from now if we hear of it just now. */
  void granted(MirroredNode node) {
    node.beganBy(context.now());
    arm(node, Duration.ZERO);
  }

  /** Counts for somebody's grant; from now if it is new. */
  void seen(MirroredNode node) {
    seen(node, Duration.ZERO);
  }

  /** Counts for somebody's grant that is certainly {@code age} old, or older if that is known. */
  void seen(MirroredNode node, Duration age) {
    node.beganBy(context.now() - age.toNanos());
    arm(node, COURTESY);
  }

  private void arm(MirroredNode node, Duration longer) {
    if (node.end() instanceof GrantEnd.At(long nanos)) {
      node.expiresBy(context.at(nanos + longer.toNanos(), node.lock(), () -> delete(node)));
    }
  }

  private void delete(MirroredNode node) {
    if (node.isLeaving() || !context.connected() || !context.mirror().holds(node)) {
      return;
    }
    if (!node.isOver(context.now())) {
      // Somebody has written a longer lifetime since.
      arm(node, COURTESY);
      return;
    }
    node.leaves();
    context
        .transactions()
        .submitAlone(
            new TransactionQueue.Work(
                StepSubject.of(node.lock()),
                List.of(Op.delete(node.path(), node.version())),
                "",
                (code, results, zxid) -> deleted(node, code)));
  }

  private void deleted(MirroredNode node, Code code) {
    if (code == Code.OK) {
      context.statistics().expired(node.lock());
    }
    if (code == Code.OK || code == Code.NONODE) {
      context
          .mirror()
          .known(node.lock())
          .ifPresent(lock -> {
            lock.remove(node);
            moved.accept(lock);
          });
    } else {
      node.stays();
    }
  }
}
