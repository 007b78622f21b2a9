package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.CreateResult;
import org.jspecify.annotations.Nullable;
import org.lockex.gateway.async.AsyncZooKeeper;
import org.lockex.gateway.async.StepSubject;
import org.lockex.gateway.async.TransactionQueue;
import org.lockex.gateway.lease.PendingState.PendingEvent;
import org.lockex.znode.ContenderData;
import org.lockex.znode.QueueNames;
import org.lockex.znode.SequenceNumbers;
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
 * it, one transaction deletes it and creates a waiting node behind all others. A lockexd that dies
 * between these two leaves a node that goes when its lifetime is over.
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

  /** How often to look whether the last one has gone. */
  private static final Duration OUTSIDE = Duration.ofMillis(500);

  private final LeaseContext context;
  private final LockContainers containers;
  private final Granting granting;
  private final Leaving leaving;

  Queueing(LeaseContext context, LockContainers containers, Granting granting, Leaving leaving) {
    this.context = context;
    this.containers = containers;
    this.granting = granting;
    this.leaving = leaving;
  }

  /** Joins the queue, unless the request is over. */
  void join(PendingLease pending) {
    if (pending.state() != PendingState.PREPARING) {
      return;
    }
    MirroredLock lock = context.mirror().lock(pending.lock());
    if (lock.isUnread()) {
      containers.whenRead(context.subject(pending), lock, () -> join(pending));
      return;
    }
    if (lock.conflicts(pending.shape())) {
      leaving.end(pending, new LeaseOutcome.OtherShape());
      return;
    }
    if (lock.knows(pending)) {
      leaving.end(pending, new LeaseOutcome.Already());
      return;
    }
    if (lock.nearTheEnd() && (lock.busy() || lock.inFlight().isJoining())) {
      waitOutside(pending, lock);
      return;
    }
    List<Op> ops = new ArrayList<>();
    boolean creates = containers.make(lock, pending.shape(), ops);
    boolean direct =
        pending.shape().isMutex()
            && pending.claimed()
            && !lock.busy()
            && !lock.inFlight().isJoining();
    ops.add(
        place(
            pending,
            lock,
            direct ? CreateMode.PERSISTENT_SEQUENTIAL : CreateMode.EPHEMERAL_SEQUENTIAL));
    pending.on(PendingEvent.JOIN);
    if (direct) {
      pending.grantAsked(context.now());
    }
    lock.inFlight().joinSent();
    if (creates) {
      lock.inFlight().creationSent();
    }
    context
        .transactions()
        .submit(
            new TransactionQueue.Work(
                context.subject(pending),
                ops,
                lock.id(),
                (code, results, zxid) -> {
                  if (creates) {
                    lock.inFlight().creationAnswered();
                  }
                  try {
                    answered(
                        pending, context.mirror().lock(lock.id()), direct, code, results, zxid);
                  } finally {
                    lock.inFlight().joinAnswered();
                  }
                }));
  }

  /** Creates a node at the end of the queue: one that does not last waits. */
  private Op place(PendingLease pending, MirroredLock lock, CreateMode mode) {
    String queue = lock.paths().queue(pending.shape());
    return Op.create(
        queue + "/" + QueueNames.prefix(pending.uuid(), QueueNames.LOCK),
        mode.isEphemeral()
            ? data(pending, false).bytes()
            : context.marked(data(pending, true).bytes()),
        context.zooKeeper().acl(),
        mode);
  }

  /**
   * Near the end of the numbers newcomers wait until nobody is there any more; then the first of
   * them makes the lock's node anew, and the numbers begin again.
   */
  private void waitOutside(PendingLease pending, MirroredLock lock) {
    if (pending.wanted().waitTime().isZero()) {
      leaving.end(pending, new LeaseOutcome.TimedOut());
    } else if (lock.latestNumber() >= SequenceNumbers.VERY_END) {
      LOG.warn("cannot queue on {}: its sequence numbers are used up", lock.path());
      leaving.end(pending, new LeaseOutcome.Unavailable());
    } else {
      context.afterwards(() -> pending.queued().complete(true));
      var _ = context.after(OUTSIDE, pending, () -> join(pending));
    }
  }

  private void answered(
      PendingLease pending,
      MirroredLock lock,
      boolean direct,
      Code code,
      @Nullable List<OpResult> results,
      long zxid) {
    boolean unheard = pending.state().open() && !context.connected();
    if (unheard || AsyncZooKeeper.lost(code)) {
      // Sent when the connection had gone and nobody had told us, it was done on the next one. The
      // mirror that is being loaded is no judge of it; when it is complete it shows it.
      leaving.unsure(pending);
      lookIfUnread(lock);
    } else if (code == Code.OK && results != null) {
      if (results.size() > 1) {
        containers.made(lock, pending.shape(), results);
      } else {
        lookIfUnread(lock);
      }
      placed(pending, lock, results, direct, zxid);
    } else if (pending.state().open()) {
      pending.grantRefused();
      retry(pending, lock, code);
    }
  }

  /** A node was created at the end of the queue. */
  private void placed(
      PendingLease pending, MirroredLock lock, List<OpResult> all, boolean direct, long zxid) {
    String path = ((CreateResult) all.getLast()).getPath();
    MirroredNode node = new MirroredNode(lock.id(), path);
    if (pending.state().open()) {
      joined(pending, lock, node, direct, zxid);
    } else {
      // After a defect nobody is there for it.
      leaving.delete(node, deleted -> {});
    }
  }

  private void joined(
      PendingLease pending, MirroredLock lock, MirroredNode node, boolean direct, long zxid) {
    boolean retreated = pending.state() == PendingState.RETREATING;
    node.stands(
        data(pending, direct), direct ? LeaseContext.persistent(zxid) : context.ephemeral(zxid));
    lock.put(node);
    pending.standsAt(node);
    pending.tokenIs(zxid);
    pending.on(PendingEvent.WAITS);
    context.tellPlace(pending);
    if (pending.givenUp().isPresent()) {
      leaving.leave(pending, pending.givenUp().get());
    } else if (!node.hasItsOwnNumber()) {
      // Another one may have this number, too, and both would be first.
      leaving.leave(pending, new LeaseOutcome.Unavailable());
    } else if (!retreated && lock.knowsBefore(pending, node)) {
      leaving.leave(pending, new LeaseOutcome.Already());
    } else if (!direct) {
      waits(pending, lock);
    } else if (lock.gives(pending.shape(), node)) {
      granting.granted(pending, lock, node);
    } else {
      retreat(pending, lock, node);
    }
  }

  private static ContenderData data(PendingLease pending, boolean direct) {
    return direct ? pending.grantedAtOnceData() : pending.waitingData();
  }

  /** The lock's node has appeared meanwhile, and our own answer does not tell what it says. */
  private void lookIfUnread(MirroredLock lock) {
    if (lock.isUnread()) {
      containers.look(StepSubject.of(lock.id()), lock, () -> granting.turnOf(lock));
    }
  }

  /** The request has its place in the queue. */
  private void waits(PendingLease pending, MirroredLock lock) {
    if (lock.isUnread()) {
      containers.whenRead(context.subject(pending), lock, () -> waits(pending, lock));
      return;
    }
    granting.turnOf(lock);
    if (pending.state() == PendingState.WAITING) {
      context.statistics().waits(lock.id());
      leaving.unlessItMayWait(pending);
    }
  }

  /**
   * Takes a waiting node in place of one that came too late to be a grant, at the end of the queue.
   * A node of the same name could be deleted by whoever counts the lifetime of the first one.
   */
  void retreat(PendingLease pending, MirroredLock lock, MirroredNode node) {
    pending.on(PendingEvent.RETREAT);
    List<Op> ops =
        List.of(Op.delete(node.path(), -1), place(pending, lock, CreateMode.EPHEMERAL_SEQUENTIAL));
    context
        .transactions()
        .submit(
            new TransactionQueue.Work(
                context.subject(pending),
                ops,
                lock.id(),
                (code, results, zxid) -> {
                  if (code == Code.OK && results != null) {
                    lock.remove(node);
                    pending.grantRefused();
                    placed(pending, lock, results, false, zxid);
                  } else if (AsyncZooKeeper.lost(code)) {
                    leaving.unsure(pending);
                  } else if (pending.state().open()) {
                    leaving.gone(pending);
                  }
                }));
  }

  /** Somebody created or removed the lock's node, or changed its data, at the same time. */
  private void retry(PendingLease pending, MirroredLock lock, Code code) {
    pending.on(PendingEvent.RETRY);
    boolean raced =
        code == Code.NONODE
            || code == Code.NODEEXISTS
            || code == Code.BADVERSION
            || code == Code.NOTEMPTY;
    if (pending.givenUp().isPresent() || !raced || !pending.mayTryAgain()) {
      if (pending.givenUp().isEmpty()) {
        LOG.warn("cannot queue on {}: {}", lock.path(), code);
      }
      lookIfUnread(lock);
      leaving.end(pending, pending.givenUp().orElse(new LeaseOutcome.Unavailable()));
      return;
    }
    containers.ensure(
        pending,
        lock,
        () ->
            containers.look(
                context.subject(pending),
                lock,
                () -> {
                  if (!pending.shape().isMutex()) {
                    lock.folders(true, true);
                  }
                  join(pending);
                }));
  }
}
