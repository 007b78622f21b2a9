package org.lockex.gateway.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.CreateResult;
import org.lockex.gateway.async.AsyncZooKeeper;
import org.lockex.gateway.async.TransactionQueue;
import org.lockex.gateway.lease.PendingState.PendingEvent;
import org.lockex.znode.GrantOps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Grants the lock to the request that is first in its queue. */
final class Granting {
  private static final Logger LOG = LoggerFactory.getLogger(Granting.class);

  private final LeaseContext context;
  private final LockContainers containers;
  private final Leaving leaving;
  private final GrantExpiry expiry;

  Granting(LeaseContext context, LockContainers containers, Leaving leaving, GrantExpiry expiry) {
    this.context = context;
    this.containers = containers;
    this.leaving = leaving;
    this.expiry = expiry;
  }

  /** Grants what can be granted on {@code lock}; to be called when a reply has arrived. */
  void turnOf(MirroredLock lock) {
    if (context.connected()) {
      lock.firsts()
          .flatMap(node -> waiting(node).stream())
          .toList()
          .forEach(pending -> context.guard(pending, () -> turn(pending, lock)));
    }
  }

  /** The request of ours that waits at {@code node}. */
  private Optional<PendingLease> waiting(MirroredNode node) {
    return context
        .pending(node.uid())
        .filter(pending -> pending.isAt(node) && pending.state() == PendingState.WAITING);
  }

  private void turn(PendingLease pending, MirroredLock lock) {
    if (lock.isUnread()) {
      containers.whenRead(context.subject(pending), lock, () -> turnOf(lock));
    } else if (lock.conflicts(pending.shape())) {
      leaving.leave(pending, new LeaseOutcome.OtherShape());
    } else if (!lock.isFree(pending.shape())) {
      // The next one to go wakes us.
      return;
    } else if (pending.claimed()) {
      pending.node().ifPresent(node -> grant(pending, lock, node));
    } else if (!pending.waitsForClaim()) {
      pending.waitForClaim(
          context.after(pending.wanted().grace(), pending, () -> claimMissed(pending)));
    }
  }

  private void claimMissed(PendingLease pending) {
    pending.claimMissed();
    if (!pending.claimed()) {
      leaving.leave(pending, new LeaseOutcome.Unclaimed());
    }
  }

  private void grant(PendingLease pending, MirroredLock lock, MirroredNode node) {
    pending.on(PendingEvent.TURN);
    pending.grantAsked(context.now());
    byte[] data = context.marked(pending.grantedData(pending.token()).bytes());
    List<Op> ops = new ArrayList<>();
    if (pending.shape().isMutex()) {
      ops.addAll(GrantOps.inPlaceOf(node.path(), data, context.zooKeeper().acl()));
    } else {
      if (!lock.hasLeases()) {
        ops.add(containers.container(lock.paths().leases(), new byte[0]));
      }
      ops.add(
          GrantOps.lease(lock.paths().leases(), pending.uuid(), data, context.zooKeeper().acl()));
      ops.add(Op.delete(node.path(), -1));
    }
    context
        .transactions()
        .submit(
            new TransactionQueue.Work(
                context.subject(pending),
                ops,
                "",
                (code, results, zxid) -> {
                  if (code == Code.OK && results != null) {
                    granted(pending, lock, results, zxid);
                  } else if (AsyncZooKeeper.lost(code)) {
                    leaving.unsure(pending);
                  } else if (pending.state().open()) {
                    pending.grantRefused();
                    recheck(pending, lock, node);
                  }
                }));
  }

  private void granted(PendingLease pending, MirroredLock lock, List<OpResult> results, long zxid) {
    String path =
        results.stream()
            .filter(CreateResult.class::isInstance)
            .map(result -> ((CreateResult) result).getPath())
            .reduce((first, second) -> second)
            .orElseThrow();
    pending.node().ifPresent(lock::remove);
    MirroredNode node = lock.byPath(path).orElseGet(() -> new MirroredNode(lock.id(), path));
    node.stands(pending.grantedData(pending.token()), LeaseContext.persistent(zxid));
    lock.put(node);
    pending.standsAt(node);
    if (pending.state().open()) {
      granted(pending, lock, node);
    } else {
      // After a defect nobody is there for it.
      leaving.delete(node, code -> {});
    }
  }

  /**
   * The grant stands in ZooKeeper, at {@code node}. Its client is told as soon as its token is
   * known, which it is not where the base was raised and has not been read yet, and as it is known
   * that the lock is nobody else's of whom we are not told.
   */
  void granted(PendingLease pending, MirroredLock lock, MirroredNode node) {
    expiry.granted(node, pending.grantAsked().orElse(context.now()));
    if (context.tokens().isCurrent() && LockContainers.knowsAll(lock, pending.shape(), node)) {
      tell(pending, lock, node);
      return;
    }
    if (pending.state() == PendingState.WAITING) {
      pending.on(PendingEvent.TURN);
    }
    context
        .tokens()
        .whenCurrent(() ->
            context.guard(
                pending,
                () ->
                    containers.lookForUntold(
                        pending, lock, node, untold -> tell(pending, lock, node, untold))));
  }

  private void tell(PendingLease pending, MirroredLock lock, MirroredNode node, boolean untold) {
    if (pending.state().open() && pending.isAt(node)) {
      if (untold) {
        LOG.warn("cannot give {}: others are there whose nodes we may not read", lock.path());
        pending.giveUp(new LeaseOutcome.Unavailable());
      }
      tell(pending, lock, node);
    }
  }

  /** An answer that comes when its lifetime is over is an answer that it is over. */
  private void tell(PendingLease pending, MirroredLock lock, MirroredNode node) {
    if (node.isOver(context.now())) {
      pending.giveUp(new LeaseOutcome.TimedOut());
    } else if (!context.tokens().isUsable()) {
      pending.giveUp(new LeaseOutcome.Unavailable());
    } else if (!context.mayHoldMore(pending.wanted().client()) && pending.givenUp().isEmpty()) {
      // Its other requests got theirs meanwhile.
      context.statistics().refused(LeaseLimits.Reached.GRANTS_OF_CLIENT);
      pending.giveUp(new LeaseOutcome.TooMany(LeaseLimits.Reached.GRANTS_OF_CLIENT));
    }
    if (pending.givenUp().isPresent()) {
      pending.on(PendingEvent.LEAVE);
      leaving.delete(pending, node, pending.givenUp().get());
    } else {
      pending.on(PendingEvent.GRANTED);
      context.mirror().given(node, pending.wanted().client());
      context.statistics().granted(lock.id(), context.now() - pending.arrivedAt());
      leaving.end(pending, new LeaseOutcome.Granted(view(node)));
    }
    turnOf(lock);
  }

  private LeaseView view(MirroredNode node) {
    return LeaseViews.of(node, true, context.tokens().newest(), context.now(), context.wallTime());
  }

  /** A grant did not happen: somebody deleted the waiting node, or a container was reaped. */
  private void recheck(PendingLease pending, MirroredLock lock, MirroredNode node) {
    context
        .reader()
        .read(
            context.subject(pending),
            node.path(),
            data -> {
              if (pending.state() != PendingState.GRANTING) {
                return;
              }
              if (data.isEmpty()) {
                leaving.gone(pending);
              } else if (!pending.mayTryAgain()) {
                pending.on(PendingEvent.WAITS);
                leaving.leave(pending, new LeaseOutcome.Unavailable());
              } else {
                lock.hasLeases(false);
                containers.ensure(pending, lock, () -> tryAgain(pending, lock));
              }
            });
  }

  private void tryAgain(PendingLease pending, MirroredLock lock) {
    if (pending.state() != PendingState.GRANTING) {
      return;
    }
    lock.hasLeases(true);
    pending.on(PendingEvent.WAITS);
    if (pending.givenUp().isPresent()) {
      leaving.leave(pending, pending.givenUp().get());
    } else {
      turnOf(lock);
    }
  }

  /** Looks whose turn it is as soon as all that has happened to the lock is known. */
  void settle(MirroredLock lock) {
    boolean ours = lock.firsts().anyMatch(node -> waiting(node).isPresent());
    if (ours && lock.inFlight().barrierSent()) {
      context
          .zooKeeper()
          .barrier(
              lock.path(),
              code ->
                  context.run(
                      lock.id(),
                      () -> {
                        lock.inFlight().barrierAnswered();
                        // No answer tells nothing: half of somebody's grant may be all that came.
                        if (code == Code.OK || code == Code.NONODE) {
                          turnOf(lock);
                        }
                      }));
    }
  }
}
