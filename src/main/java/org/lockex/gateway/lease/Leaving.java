package org.lockex.gateway.lease;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.lockex.gateway.async.AsyncZooKeeper;
import org.lockex.gateway.async.StepSubject;
import org.lockex.gateway.async.TransactionQueue;
import org.lockex.gateway.lease.PendingState.PendingEvent;

/** How requests and grants end, other than by the end of a lifetime. */
final class Leaving {
  private final LeaseContext context;
  private final Consumer<MirroredLock> moved;
  private final Consumer<MirroredLock> settle;

  /**
   * Endings within {@code context}.
   *
   * @param moved hears of each lock that has one contender less, with a reply
   * @param settle hears of each lock that has one less, with an event
   */
  Leaving(LeaseContext context, Consumer<MirroredLock> moved, Consumer<MirroredLock> settle) {
    this.context = context;
    this.moved = moved;
    this.settle = settle;
  }

  /** The waiting node was deleted by somebody else. */
  void gone(PendingLease pending) {
    Optional<MirroredLock> lock = context.mirror().known(pending.lock());
    lock.ifPresent(there -> pending.node().ifPresent(there::remove));
    end(pending, pending.givenUp().orElse(new LeaseOutcome.Removed()));
    lock.ifPresent(settle);
  }

  /** Gives up: the node goes, then {@code why} is told. */
  void leave(PendingLease pending, LeaseOutcome why) {
    if (!pending.state().open()) {
      return;
    }
    pending.giveUp(why);
    if (pending.state() == PendingState.PREPARING) {
      end(pending, context.connected() ? why : new LeaseOutcome.Unavailable());
    } else if (!context.connected()) {
      context.tell(pending, new LeaseOutcome.Unavailable());
    } else if (pending.state() == PendingState.WAITING && pending.node().isPresent()) {
      pending.on(PendingEvent.LEAVE);
      delete(pending, pending.node().get(), why);
    }
  }

  /** Its turn has not come: it waits, and leaves if it is not to. */
  void unlessItMayWait(PendingLease pending) {
    context.afterwards(() -> pending.queued().complete(true));
    if (pending.wanted().waitTime().isZero()) {
      leave(pending, new LeaseOutcome.TimedOut());
    }
  }

  /** Deletes the node of a request that was given up, then tells why. */
  void delete(PendingLease pending, MirroredNode node, LeaseOutcome why) {
    delete(
        context.subject(pending),
        node,
        code -> {
          if (AsyncZooKeeper.lost(code)) {
            unsure(pending);
          } else {
            end(pending, why);
          }
        });
  }

  /** Deletes a node, ours or somebody's; {@code then} hears OK, NONODE or what went wrong. */
  void delete(MirroredNode node, Consumer<Code> then) {
    delete(StepSubject.of(node.lock()), node, then);
  }

  /** As {@link #delete(MirroredNode, Consumer)}, for {@code subject}. */
  void delete(StepSubject subject, MirroredNode node, Consumer<Code> then) {
    node.leaves();
    context
        .transactions()
        .submit(
            new TransactionQueue.Work(
                subject,
                List.of(Op.delete(node.path(), -1)),
                "",
                (code, results, zxid) -> {
                  if (code == Code.OK || code == Code.NONODE) {
                    Optional<MirroredLock> lock = context.mirror().known(node.lock());
                    lock.ifPresent(there -> there.remove(node));
                    then.accept(code);
                    lock.ifPresent(moved);
                  } else {
                    node.stays();
                    then.accept(code);
                  }
                }));
  }

  /** Nobody knows what became of a request of ours; it will show when we are connected again. */
  void unsure(PendingLease pending) {
    if (pending.givenUp().isPresent()) {
      context.tell(pending, new LeaseOutcome.Unavailable());
    }
  }

  /** Over, in ZooKeeper too. */
  void end(PendingLease pending, LeaseOutcome outcome) {
    if (pending.state().open()) {
      pending.on(PendingEvent.END);
    }
    context.remove(pending);
    context.tell(pending, outcome);
  }
}
