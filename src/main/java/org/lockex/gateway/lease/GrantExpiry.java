package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.lockex.gateway.async.StepSubject;
import org.lockex.gateway.async.TransactionQueue;

/**
 * Deletes grants whose lifetime is over. No clock that can be set has a say in it:
 *
 * <ul>
 *   <li>The lockexd that gave a grant counts from the sending of the request that made it, as its
 *       client is told.
 *   <li>Whoever else sees a grant knows that at least as much time has passed since it was given as
 *       since it first saw it, on its own monotonic clock. A lockexd that lives sees every grant at
 *       once, so this is exact to some milliseconds; one that starts later counts anew, and a grant
 *       whose lockexd is gone lasts up to twice its lifetime where nobody else watched.
 * </ul>
 *
 * <p>Until it has been seen, its end is unknown, and what is unknown is never over.
 *
 * <p>All living lockexds do this for all grants; the delete is version-checked, so the first one
 * wins and the others change nothing. Those that did not give the grant wait a little longer, and
 * by as much as their clocks may be faster than that of the one who gave it.
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

  /** Counts for a grant of our own, made by a request that was sent at {@code sent} or later. */
  void granted(MirroredNode node, long sent) {
    node.beganBy(sent);
    arm(node, Duration.ZERO);
  }

  /** Counts for somebody's grant; from now if it is new. */
  void seen(MirroredNode node) {
    node.beganBy(context.now());
    arm(node, longer(node));
  }

  private Duration longer(MirroredNode node) {
    return context.mirror().isGivenHere(node) ? COURTESY : COURTESY.plus(node.margin());
  }

  private void arm(MirroredNode node, Duration longer) {
    if (node.end() instanceof MirroredNode.GrantEnd.At(long nanos)) {
      node.expiresBy(context.at(nanos + longer.toNanos(), node.lock(), () -> delete(node)));
    }
  }

  private void delete(MirroredNode node) {
    if (node.isLeaving() || !context.connected() || !context.mirror().holds(node)) {
      return;
    }
    if (!node.isOver(context.now())) {
      // Somebody has written a longer lifetime since.
      arm(node, longer(node));
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
      if (code == Code.BADVERSION) {
        // Somebody has written to it. What it says now may have been read while this was on its
        // way, and then nothing more will be heard of it.
        arm(node, longer(node));
      }
    }
  }
}
