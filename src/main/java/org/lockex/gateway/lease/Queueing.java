package org.lockex.gateway.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.CreateResult;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a {@link PendingLease} from its arrival into the queue; {@link Granting} does the rest.
 *
 * <p>A waiting request is an ephemeral sequential node in the queue of Curator's recipe, so that it
 * leaves by itself when this lockexd dies. When it is first (for a semaphore: and a lease is free),
 * <em>one</em> transaction deletes it and creates a persistent node, with the same name in a
 * mutex's queue, as a lease of a semaphore otherwise. Being first is stable, because later nodes
 * get higher numbers; so if the queue node is still there when the transaction runs, the grant is
 * right.
 *
 * <p>Most locks are free, and then one write is enough: a request that sees nobody there creates a
 * persistent node at once. If the reply shows it first, it is the grant; if somebody came before
 * it, one transaction makes it a waiting node of the same name, which keeps its place. A lockexd
 * that dies between these two leaves a node that goes when its lifetime is over.
 *
 * <p>Who is first is decided only when a reply arrives, never when an event does: another lockexd's
 * grant shows as a deletion and a creation, and between these two events the queue looks as if it
 * were gone. The server does a transaction's changes without any read of ours between, so at a
 * reply both or none have been seen.
 *
 * <p>The fencing token is the czxid of the queue node: the zxid of the transaction that made it.
 */
final class Queueing {
  private static final Logger LOG = LoggerFactory.getLogger(Queueing.class);
  private static final int MOST_ATTEMPTS = 10;

  private final LeaseContext engine;
  private final LockContainers parents;
  private final Granting granting;
  private final Leaving leaving;

  Queueing(LeaseContext engine, LockContainers parents, Granting granting) {
    this.engine = engine;
    this.parents = parents;
    this.granting = granting;
    this.leaving = granting.leaving();
  }

  /** Joins the queue. */
  void join(PendingLease ticket) {
    MirroredLock lock = engine.tree().lock(ticket.wanted.lock().value());
    if (lock.exists && !lock.shapeKnown) {
      lock.whenKnown.add(() -> join(ticket));
      return;
    }
    if (!ticket.open() || ticket.givenUp != null) {
      leaving.end(ticket, ticket.givenUp == null ? new LeaseOutcome.Unavailable() : ticket.givenUp);
      return;
    }
    if (lock.conflicts(ticket.shape)) {
      leaving.end(ticket, new LeaseOutcome.OtherShape());
      return;
    }
    if (already(ticket, lock.queue(ticket.shape)) || already(ticket, lock.leases)) {
      leaving.end(ticket, new LeaseOutcome.Already());
      return;
    }
    List<Op> ops = new ArrayList<>();
    boolean creates = parents.make(lock, ticket.shape, ops);
    if (creates) {
      lock.creating++;
    }
    String parent = ticket.shape.mutex() ? lock.path : lock.path + "/" + MirroredLock.LOCKS;
    boolean direct = ticket.shape.mutex() && ticket.claimed && !lock.busy() && lock.joining == 0;
    Note note = note(ticket, direct);
    ops.add(
        Op.create(
            parent + "/" + MirroredNode.prefix(ticket.uuid, "lock"),
            note.json(engine.version()),
            engine.link().acl(),
            direct ? CreateMode.PERSISTENT_SEQUENTIAL : CreateMode.EPHEMERAL_SEQUENTIAL));
    lock.joining++;
    engine
        .transactions()
        .submit(
            new TransactionQueue.Work(
                ops,
                lock.id,
                (code, results, zxid) -> {
                  if (creates) {
                    lock.creating--;
                  }
                  joined(ticket, engine.tree().lock(lock.id), direct, code, results, zxid);
                  lock.joining--;
                }));
  }

  private void joined(
      PendingLease ticket,
      MirroredLock lock,
      boolean direct,
      Code code,
      @Nullable List<OpResult> results,
      long zxid) {
    if (code == Code.OK && results != null) {
      if (results.size() > 1) {
        parents.know(lock, ticket.shape, results);
      } else if (!lock.shapeKnown) {
        parents.look(lock, () -> granting.turnOf(lock));
      }
      OpResult last = results.get(results.size() - 1);
      MirroredNode node = new MirroredNode(lock, ((CreateResult) last).getPath());
      Note note = note(ticket, direct);
      Stat stat = direct ? MirroredNode.persistent(zxid) : ephemeral(zxid);
      node.note = Optional.of(note);
      node.stat = stat;
      node.read = true;
      lock.put(node);
      ticket.node = node;
      ticket.token = zxid;
      ticket.state = PendingLease.State.WAITING;
      if (!ticket.wanted.grace().isZero()) {
        engine.turn().afterwards(() -> ticket.joined.complete(true));
      }
      if (ticket.givenUp != null) {
        leaving.leave(ticket, ticket.givenUp);
      } else if (already(ticket, lock.queue(ticket.shape).headMap(MirroredLock.order(node.name)))) {
        leaving.leave(ticket, new LeaseOutcome.Already());
      } else if (!direct) {
        waits(ticket, lock);
      } else if (lock.first(node) && lock.shapeKnown && !lock.conflicts(ticket.shape)) {
        granting.granted(ticket, lock, node.path, note, stat);
      } else {
        takePlace(ticket, lock, node);
      }
    } else if (TransactionQueue.lost(code)) {
      leaving.unsure(ticket);
    } else {
      retry(ticket, lock, code);
    }
  }

  private static Note note(PendingLease ticket, boolean granted) {
    return granted ? ticket.note.granted(Note.OWN_CZXID) : ticket.note;
  }

  /** The request has its place in the queue. */
  private void waits(PendingLease ticket, MirroredLock lock) {
    granting.turnOf(lock);
    if (ticket.state == PendingLease.State.WAITING) {
      engine.statistics().waits(lock.id);
      engine.turn().afterwards(() -> ticket.queued.complete(true));
      if (ticket.wanted.patience().isZero()) {
        leaving.leave(ticket, new LeaseOutcome.TimedOut());
      }
    }
  }

  /** Makes a node that came too late to be a grant a waiting one, in the same place. */
  void takePlace(PendingLease ticket, MirroredLock lock, MirroredNode node) {
    ticket.state = PendingLease.State.GRANTING;
    List<Op> ops =
        List.of(
            Op.delete(node.path, -1),
            Op.create(
                node.path,
                ticket.note.json(engine.version()),
                engine.link().acl(),
                CreateMode.EPHEMERAL));
    engine
        .transactions()
        .submit(
            new TransactionQueue.Work(
                ops,
                "",
                (code, results, zxid) -> {
                  if (code == Code.OK) {
                    node.note = Optional.of(ticket.note);
                    node.stat = ephemeral(zxid);
                    ticket.state = PendingLease.State.WAITING;
                    if (ticket.givenUp != null) {
                      leaving.leave(ticket, ticket.givenUp);
                    } else {
                      waits(ticket, lock);
                    }
                  } else if (TransactionQueue.lost(code)) {
                    leaving.unsure(ticket);
                  } else {
                    leaving.gone(ticket);
                  }
                }));
  }

  private Stat ephemeral(long zxid) {
    Stat stat = MirroredNode.persistent(zxid);
    stat.setEphemeralOwner(engine.link().session());
    return stat;
  }

  /** Somebody created or removed the lock's node, or changed its data, at the same time. */
  private void retry(PendingLease ticket, MirroredLock lock, Code code) {
    boolean raced =
        code == Code.NONODE
            || code == Code.NODEEXISTS
            || code == Code.BADVERSION
            || code == Code.NOTEMPTY;
    if (!raced || ++ticket.attempts > MOST_ATTEMPTS) {
      LOG.warn("cannot queue on {}: {}", lock.path, code);
      if (!lock.shapeKnown) {
        parents.look(lock, () -> granting.turnOf(lock));
      }
      leaving.end(ticket, new LeaseOutcome.Unavailable());
      return;
    }
    parents.ensure(
        lock,
        ticket.shape,
        () ->
            parents.look(
                lock,
                () -> {
                  lock.hasLocks |= !ticket.shape.mutex();
                  lock.hasLeases |= !ticket.shape.mutex();
                  join(ticket);
                }));
  }

  /** Whether one of {@code others} stands for the same requester. */
  private static boolean already(PendingLease ticket, Map<String, MirroredNode> others) {
    Optional<String> name = ticket.wanted.requester();
    return name.isPresent()
        && others.values().stream().anyMatch(node -> !node.leaving && name.equals(requester(node)));
  }

  private static Optional<String> requester(MirroredNode node) {
    return node.note.flatMap(Note::lease).flatMap(Note.Terms::requester);
  }
}
