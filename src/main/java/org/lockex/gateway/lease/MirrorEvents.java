package org.lockex.gateway.lease;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.jspecify.annotations.Nullable;
import org.lockex.gateway.async.StepSubject;
import org.lockex.gateway.async.TaskScheduler.ScheduledTask;
import org.lockex.gateway.lease.PendingState.PendingEvent;
import org.lockex.znode.LockPaths;
import org.lockex.znode.QueueNames;

/** Keeps the mirror true to what ZooKeeper tells, and the requests true to the mirror. */
final class MirrorEvents {
  private static final String ALL = "all";
  private static final StepSubject TOKENS = StepSubject.of("the base of the tokens");

  private final LeaseContext context;
  private final LockContainers containers;
  private final Queueing queueing;
  private final Granting granting;
  private final Leaving leaving;
  private final GrantExpiry expiry;
  private final MirrorLoader loader;
  private boolean fresh;
  private @Nullable ScheduledTask away;

  MirrorEvents(
      LeaseContext context,
      LockContainers containers,
      Queueing queueing,
      Granting granting,
      Leaving leaving,
      GrantExpiry expiry) {
    this.context = context;
    this.containers = containers;
    this.queueing = queueing;
    this.granting = granting;
    this.leaving = leaving;
    this.expiry = expiry;
    this.loader = new MirrorLoader(context, expiry, this::loaded);
  }

  void connected(boolean freshSession) {
    fresh = freshSession;
    if (away != null) {
      away.cancel();
      away = null;
    }
    context.reader().reset();
    loader.load(freshSession);
  }

  /**
   * Waiting requests keep their place for as long as the session may live, then they end.
   * ZooKeeper's client tells of each connection that does not come about, too; the first time
   * counts.
   */
  void disconnected() {
    context.connected(false);
    context.transactions().lose();
    if (away == null) {
      away = context.after(context.zooKeeper().timeout(), ALL, this::giveUpAll);
    }
  }

  private void giveUpAll() {
    everyRequest(pending -> leaving.leave(pending, new LeaseOutcome.Unavailable()));
  }

  private void everyRequest(Consumer<PendingLease> what) {
    List.copyOf(context.pending().values())
        .forEach(pending -> context.guard(pending, () -> what.accept(pending)));
  }

  /** The mirror is complete: our requests are what it says they are. */
  private void loaded() {
    context.connected(true);
    everyRequest(this::reconcile);
    context
        .mirror()
        .locks()
        .flatMap(MirroredLock::contenders)
        .filter(context::isAbandoned)
        .toList()
        .forEach(node -> leaving.delete(node, code -> {}));
    context.mirror().locks().toList().forEach(granting::turnOf);
    everyRequest(this::tellWaiting);
  }

  /** The answer to its creation, which would have told, may have been lost. */
  private void tellWaiting(PendingLease pending) {
    if (pending.state() == PendingState.WAITING) {
      context.tellPlace(pending);
      MirroredLock lock = context.mirror().lock(pending.lock());
      if (lock.isUnread()) {
        containers.whenRead(context.subject(pending), lock, () -> tellWaiting(pending));
      } else {
        leaving.unlessItMayWait(pending);
      }
    }
  }

  private void reconcile(PendingLease pending) {
    MirroredLock lock = context.mirror().lock(pending.lock());
    Optional<MirroredNode> found = lock.byUid(pending.uid());
    if (found.isEmpty()) {
      boolean deleted = !fresh && pending.state() == PendingState.WAITING;
      leaving.end(
          pending,
          pending
              .givenUp()
              .orElse(deleted ? new LeaseOutcome.Removed() : new LeaseOutcome.Unavailable()));
      return;
    }
    MirroredNode node = found.get();
    pending.standsAt(node);
    pending.tokenIs(node.token());
    if (lock.gives(pending.shape(), node)) {
      granting.granted(pending, lock, node);
    } else if (node.isGrant() && node.hasItsOwnNumber() && pending.givenUp().isEmpty()) {
      node.disarm();
      queueing.retreat(pending, lock, node);
    } else {
      pending.grantRefused();
      pending.on(PendingEvent.WAITS);
      boolean lost = !node.isOfSession(context.zooKeeper().session()) || !node.hasItsOwnNumber();
      if (pending.givenUp().isPresent() || lost) {
        leaving.leave(pending, pending.givenUp().orElse(new LeaseOutcome.Unavailable()));
      }
    }
  }

  void changed(EventType type, String path) {
    if (path.equals(context.tokens().path())) {
      context.tokens().changed();
      readTokens();
      return;
    }
    LockPaths.Place place = context.mirror().place(path);
    switch (type) {
      case NodeCreated -> created(place, path);
      case NodeDeleted ->
          context.mirror().known(place.id()).ifPresent(lock -> deleted(lock, place, path));
      case NodeDataChanged -> rewritten(place, path);
      default -> {}
    }
  }

  private void readTokens() {
    context
        .zooKeeper()
        .read(
            List.of(Op.getData(context.tokens().path())),
            (code, results, zxid) ->
                context.run(
                    TOKENS,
                    () -> {
                      if (results != null) {
                        context.tokens().is(results.getFirst());
                      }
                    }));
  }

  private void created(LockPaths.Place place, String path) {
    switch (place.part()) {
      case LOCK -> {
        MirroredLock lock = context.mirror().lock(place.id());
        if (lock.inFlight().isCreating()) {
          // The reply to our own create tells whose this is.
          lock.appeared();
        } else {
          look(lock);
        }
      }
      case LOCKS -> context.mirror().lock(place.id()).hasLocks(true);
      case LEASES -> context.mirror().lock(place.id()).hasLeases(true);
      case CONTENDER -> {
        String name = path.substring(path.lastIndexOf('/') + 1);
        // Of our own nodes the reply tells; while the mirror is loaded there will be none.
        if (context.pending(QueueNames.uid(name)).isEmpty() || !context.connected()) {
          MirroredLock lock = context.mirror().lock(place.id());
          MirroredNode node = new MirroredNode(lock.id(), path);
          lock.put(node);
          read(node);
        }
      }
      default -> {}
    }
  }

  private void look(MirroredLock lock) {
    containers.look(StepSubject.of(lock.id()), lock, () -> granting.turnOf(lock));
  }

  private void read(MirroredNode node) {
    context
        .reader()
        .read(
            StepSubject.of(node.lock()),
            node.path(),
            data -> {
              if (data.isEmpty() || !context.mirror().holds(node)) {
                return;
              }
              context.mirror().describe(node, data.get());
              if (!context.connected()) {
                // The loader finds out how old grants are.
                return;
              }
              if (context.isAbandoned(node)) {
                leaving.delete(node, code -> {});
              } else if (node.isGrant()) {
                expiry.seen(node);
              } else {
                node.disarm();
              }
            });
  }

  private void deleted(MirroredLock lock, LockPaths.Place place, String path) {
    switch (place.part()) {
      case LOCK -> {
        lock.vanished();
        if (lock.isForgettable()) {
          context.mirror().forget(lock.id());
        }
      }
      case LOCKS -> lock.hasLocks(false);
      case LEASES -> lock.hasLeases(false);
      case CONTENDER -> lock.byPath(path).ifPresent(node -> deleted(lock, node));
      default -> {}
    }
  }

  private void deleted(MirroredLock lock, MirroredNode node) {
    Optional<PendingLease> ours = context.pending(node.uid()).filter(p -> p.isAt(node));
    if (ours.isPresent()) {
      if (ours.get().state() == PendingState.WAITING) {
        leaving.gone(ours.get());
      }
    } else if (!node.isLeaving()) {
      lock.remove(node);
      granting.settle(lock);
    }
  }

  private void rewritten(LockPaths.Place place, String path) {
    if (place.part() == LockPaths.Part.LOCK) {
      look(context.mirror().lock(place.id()));
    } else if (place.part() == LockPaths.Part.CONTENDER) {
      context.mirror().node(path).ifPresent(this::read);
    }
  }
}
