package org.lockex.gateway.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.CreateResult;
import org.apache.zookeeper.data.Stat;

/** Grants the lock to the request that is first in its queue. */
final class Granting {
  private static final int MOST_ATTEMPTS = 10;

  private final LeaseContext engine;
  private final LockContainers parents;
  private final Leaving leaving;
  private final GrantExpiry expiry;

  Granting(LeaseContext engine, LockContainers parents) {
    this.engine = engine;
    this.parents = parents;
    this.leaving = new Leaving(engine, this::turnOf, this::settle);
    this.expiry = new GrantExpiry(engine, this::turnOf);
  }

  Leaving leaving() {
    return leaving;
  }

  GrantExpiry expiry() {
    return expiry;
  }

  /** Grants what can be granted on {@code lock}; to be called when a reply has arrived. */
  void turnOf(MirroredLock lock) {
    if (!engine.connected()) {
      return;
    }
    Optional<PendingLease> mutex = ours(lock.mutexQueue);
    Optional<PendingLease> semaphore = ours(lock.semaphoreQueue);
    mutex.ifPresent(ticket -> first(ticket, lock));
    semaphore.ifPresent(ticket -> first(ticket, lock));
  }

  /** The request that is first in {@code queue}, if it waits and is ours. */
  private Optional<PendingLease> ours(NavigableMap<String, MirroredNode> queue) {
    if (queue.isEmpty()) {
      return Optional.empty();
    }
    MirroredNode first = queue.firstEntry().getValue();
    return Optional.ofNullable(engine.tickets().get(first.uid))
        .filter(ticket -> ticket.node == first && ticket.state == PendingLease.State.WAITING);
  }

  private void first(PendingLease ticket, MirroredLock lock) {
    if (!lock.shapeKnown) {
      lock.whenKnown.add(() -> turnOf(lock));
    } else if (lock.conflicts(ticket.shape)) {
      leaving.leave(ticket, new LeaseOutcome.OtherShape());
    } else if (!ticket.shape.mutex() && lock.leases.size() >= ticket.shape.concurrency()) {
      // The next one to go wakes us.
      return;
    } else if (ticket.claimed) {
      grant(ticket, lock);
    } else if (ticket.unclaimed == null) {
      ticket.unclaimed =
          engine
              .timer()
              .after(
                  ticket.wanted.grace(),
                  () -> {
                    ticket.unclaimed = null;
                    if (!ticket.claimed) {
                      leaving.leave(ticket, new LeaseOutcome.Unclaimed());
                    }
                  });
    }
  }

  private void grant(PendingLease ticket, MirroredLock lock) {
    MirroredNode node = ticket.node;
    if (node == null) {
      return;
    }
    ticket.state = PendingLease.State.GRANTING;
    byte[] data = ticket.note.granted(ticket.token).json(engine.version());
    List<Op> ops = new ArrayList<>();
    if (ticket.shape.mutex()) {
      ops.add(Op.delete(node.path, -1));
      ops.add(Op.create(node.path, data, engine.link().acl(), CreateMode.PERSISTENT));
    } else {
      String leases = lock.path + "/" + MirroredLock.LEASES;
      if (!lock.hasLeases) {
        ops.add(parents.container(leases, new byte[0]));
      }
      ops.add(
          Op.create(
              leases + "/" + MirroredNode.prefix(ticket.uuid, "lease"),
              data,
              engine.link().acl(),
              CreateMode.PERSISTENT_SEQUENTIAL));
      ops.add(Op.delete(node.path, -1));
    }
    engine
        .transactions()
        .submit(
            new TransactionQueue.Work(
                ops,
                "",
                (code, results, zxid) -> {
                  if (code == Code.OK && results != null) {
                    granted(ticket, lock, results, zxid);
                  } else if (TransactionQueue.lost(code)) {
                    leaving.unsure(ticket);
                  } else {
                    recheck(ticket, lock);
                  }
                }));
  }

  private void granted(PendingLease ticket, MirroredLock lock, List<OpResult> results, long zxid) {
    String path =
        results.stream()
            .filter(CreateResult.class::isInstance)
            .map(result -> ((CreateResult) result).getPath())
            .reduce((first, second) -> second)
            .orElseThrow();
    granted(ticket, lock, path, ticket.note.granted(ticket.token), MirroredNode.persistent(zxid));
  }

  /** The grant is there: at {@code path}, with that note and stat. */
  void granted(PendingLease ticket, MirroredLock lock, String path, Note note, Stat stat) {
    if (ticket.node != null) {
      lock.remove(ticket.node);
    }
    MirroredNode node = lock.byPath(path).orElseGet(() -> new MirroredNode(lock, path));
    node.note = Optional.of(note);
    node.stat = stat;
    node.read = true;
    lock.put(node);
    expiry.granted(node);
    ticket.node = node;
    LeaseOutcome givenUp = ticket.givenUp;
    if (givenUp != null) {
      ticket.state = PendingLease.State.LEAVING;
      leaving.delete(node, ticket, givenUp);
    } else {
      ticket.state = PendingLease.State.GRANTED;
      engine.statistics().granted(lock.id, engine.timer().now() - ticket.arrivedAt);
      leaving.end(
          ticket, new LeaseOutcome.Granted(LeaseViews.of(node, true, engine.timer().now())));
    }
    turnOf(lock);
  }

  /** A grant did not happen: somebody deleted the waiting node, or a container was reaped. */
  private void recheck(PendingLease ticket, MirroredLock lock) {
    MirroredNode node = ticket.node;
    if (node == null) {
      return;
    }
    engine
        .notes()
        .read(
            node.path,
            (path, data) -> {
              if (data.isEmpty()) {
                leaving.gone(ticket);
              } else if (++ticket.attempts > MOST_ATTEMPTS) {
                ticket.state = PendingLease.State.WAITING;
                leaving.leave(ticket, new LeaseOutcome.Unavailable());
              } else {
                lock.hasLeases = false;
                parents.ensure(
                    lock,
                    ticket.shape,
                    () -> {
                      lock.hasLeases = true;
                      ticket.state = PendingLease.State.WAITING;
                      if (ticket.givenUp == null) {
                        turnOf(lock);
                      } else {
                        leaving.leave(ticket, ticket.givenUp);
                      }
                    });
              }
            });
  }

  /** Looks whose turn it is as soon as all that has happened to the lock is known. */
  void settle(MirroredLock lock) {
    boolean ours = ours(lock.mutexQueue).isPresent() || ours(lock.semaphoreQueue).isPresent();
    if (!lock.barrier && ours) {
      lock.barrier = true;
      engine
          .link()
          .barrier(
              lock.path,
              code ->
                  engine
                      .turn()
                      .take(() -> {
                        lock.barrier = false;
                        turnOf(lock);
                      }));
    }
  }
}
