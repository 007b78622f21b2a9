package org.lockex.gateway.lease;

import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.jspecify.annotations.Nullable;

/** How requests and grants end, other than by the end of a lifetime. */
final class Leaving {
  private final LeaseContext engine;
  private final Consumer<MirroredLock> moved;
  private final Consumer<MirroredLock> settle;

  /**
   * Endings within {@code engine}.
   *
   * @param moved hears of each lock that has one contender less, with a reply
   * @param settle hears of each lock that has one less, with an event
   */
  Leaving(LeaseContext engine, Consumer<MirroredLock> moved, Consumer<MirroredLock> settle) {
    this.engine = engine;
    this.moved = moved;
    this.settle = settle;
  }

  /** The waiting node was deleted by somebody else. */
  void gone(PendingLease ticket) {
    MirroredNode node = ticket.node;
    if (node != null) {
      node.lock.remove(node);
      end(ticket, ticket.givenUp == null ? new LeaseOutcome.Removed() : ticket.givenUp);
      settle.accept(node.lock);
    }
  }

  /** Gives up: the node goes, then {@code why} is told. */
  void leave(PendingLease ticket, LeaseOutcome why) {
    if (!ticket.open()) {
      return;
    }
    if (ticket.givenUp == null) {
      ticket.givenUp = why;
    }
    MirroredNode node = ticket.node;
    if (!engine.connected()) {
      tell(ticket, new LeaseOutcome.Unavailable());
    } else if (ticket.state == PendingLease.State.WAITING && node != null) {
      ticket.state = PendingLease.State.LEAVING;
      delete(node, ticket, why);
    }
  }

  /** Deletes the node of a request that was given up, then tells why. */
  void delete(MirroredNode node, PendingLease ticket, LeaseOutcome why) {
    delete(
        node,
        code -> {
          if (TransactionQueue.lost(code)) {
            unsure(ticket);
          } else {
            end(ticket, why);
          }
        });
  }

  /** Deletes a node, ours or somebody's; {@code then} hears OK, NONODE or what went wrong. */
  void delete(MirroredNode node, Consumer<Code> then) {
    node.leaving = true;
    engine
        .transactions()
        .submit(
            new TransactionQueue.Work(
                List.of(Op.delete(node.path, -1)),
                "",
                (code, results, zxid) -> {
                  if (code == Code.OK || code == Code.NONODE) {
                    node.lock.remove(node);
                    then.accept(code);
                    moved.accept(node.lock);
                  } else {
                    node.leaving = false;
                    then.accept(code);
                  }
                }));
  }

  /** Nobody knows what became of a request of ours; it will show when we are connected again. */
  void unsure(PendingLease ticket) {
    if (ticket.givenUp != null) {
      tell(ticket, new LeaseOutcome.Unavailable());
    }
  }

  /** Over, in ZooKeeper too. */
  void end(PendingLease ticket, LeaseOutcome outcome) {
    if (ticket.state != PendingLease.State.GRANTED) {
      ticket.state = PendingLease.State.GONE;
    }
    engine.remove(ticket);
    tell(ticket, outcome);
  }

  /** Answers the client; what is in ZooKeeper may still have to be put right. */
  void tell(PendingLease ticket, LeaseOutcome outcome) {
    cancel(ticket.timeout);
    cancel(ticket.unclaimed);
    engine
        .turn()
        .afterwards(() -> {
          ticket.queued.complete(false);
          ticket.outcome.complete(outcome);
        });
  }

  private static void cancel(@Nullable Future<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
