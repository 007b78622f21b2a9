package org.lockex.gateway;

import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.jspecify.annotations.Nullable;

/** How requests and grants end, other than by the end of a lifetime. */
final class Leaving {
  private final Engine engine;
  private final Consumer<LockNode> moved;
  private final Consumer<LockNode> settle;

  /**
   * Endings within {@code engine}.
   *
   * @param moved hears of each lock that has one contender less, with a reply
   * @param settle hears of each lock that has one less, with an event
   */
  Leaving(Engine engine, Consumer<LockNode> moved, Consumer<LockNode> settle) {
    this.engine = engine;
    this.moved = moved;
    this.settle = settle;
  }

  /** The waiting node was deleted by somebody else. */
  void gone(Ticket ticket) {
    QueueNode node = ticket.node;
    if (node != null) {
      node.lock.remove(node);
      end(ticket, ticket.givenUp == null ? new Outcome.Deleted() : ticket.givenUp);
      settle.accept(node.lock);
    }
  }

  /** Gives up: the node goes, then {@code why} is told. */
  void leave(Ticket ticket, Outcome why) {
    if (!ticket.open()) {
      return;
    }
    if (ticket.givenUp == null) {
      ticket.givenUp = why;
    }
    QueueNode node = ticket.node;
    if (!engine.connected()) {
      tell(ticket, new Outcome.Unavailable());
    } else if (ticket.state == Ticket.State.WAITING && node != null) {
      ticket.state = Ticket.State.LEAVING;
      delete(node, ticket, why);
    }
  }

  /** Deletes the node of a request that was given up, then tells why. */
  void delete(QueueNode node, Ticket ticket, Outcome why) {
    delete(
        node,
        code -> {
          if (Transactions.lost(code)) {
            unsure(ticket);
          } else {
            end(ticket, why);
          }
        });
  }

  /** Deletes a node, ours or somebody's; {@code then} hears OK, NONODE or what went wrong. */
  void delete(QueueNode node, Consumer<Code> then) {
    node.leaving = true;
    engine
        .transactions()
        .submit(
            new Transactions.Work(
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
  void unsure(Ticket ticket) {
    if (ticket.givenUp != null) {
      tell(ticket, new Outcome.Unavailable());
    }
  }

  /** Over, in ZooKeeper too. */
  void end(Ticket ticket, Outcome outcome) {
    if (ticket.state != Ticket.State.GRANTED) {
      ticket.state = Ticket.State.GONE;
    }
    engine.remove(ticket);
    tell(ticket, outcome);
  }

  /** Answers the client; what is in ZooKeeper may still have to be put right. */
  void tell(Ticket ticket, Outcome outcome) {
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
