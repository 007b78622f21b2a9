package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.jspecify.annotations.Nullable;

/** Keeps the tree true to what ZooKeeper tells, and the requests true to the tree. */
final class MirrorEvents {
  private final LeaseContext engine;
  private final LockContainers parents;
  private final Queueing queueing;
  private final Granting granting;
  private final Leaving leaving;
  private final MirrorLoader loader;
  private boolean fresh;
  private java.util.concurrent.@Nullable Future<?> away;

  MirrorEvents(LeaseContext engine, LockContainers parents, Queueing queueing, Granting granting) {
    this.engine = engine;
    this.parents = parents;
    this.queueing = queueing;
    this.granting = granting;
    this.leaving = granting.leaving();
    this.loader = new MirrorLoader(engine, granting.expiry(), this::loaded);
  }

  void connected(boolean freshSession) {
    fresh = freshSession;
    if (away != null) {
      away.cancel(false);
    }
    engine.notes().reset();
    loader.load(freshSession);
  }

  /** Waiting requests keep their place for as long as the session may live, then they end. */
  void disconnected() {
    engine.connected(false);
    engine.transactions().lose();
    if (away != null) {
      away.cancel(false);
    }
    Duration patience = engine.link().timeout();
    away =
        engine
            .timer()
            .after(
                patience,
                () ->
                    List.copyOf(engine.tickets().values())
                        .forEach(ticket -> leaving.leave(ticket, new LeaseOutcome.Unavailable())));
  }

  /** The tree is complete: our requests are what it says they are. */
  private void loaded() {
    engine.connected(true);
    for (PendingLease ticket : List.copyOf(engine.tickets().values())) {
      reconcile(ticket);
    }
    engine.tree().locks().toList().forEach(granting::turnOf);
  }

  private void reconcile(PendingLease ticket) {
    MirroredLock lock = engine.tree().lock(ticket.wanted.lock().value());
    Optional<MirroredNode> found = lock.byUid(ticket.uid);
    if (found.isEmpty()) {
      boolean deleted = !fresh && ticket.state == PendingLease.State.WAITING;
      LeaseOutcome why = deleted ? new LeaseOutcome.Removed() : new LeaseOutcome.Unavailable();
      leaving.end(ticket, ticket.givenUp == null ? why : ticket.givenUp);
      return;
    }
    MirroredNode node = found.get();
    ticket.node = node;
    if (ticket.token == 0) {
      // Otherwise it stays what it was: a node that took its place anew has a later czxid than some
      // that come after it.
      ticket.token = node.token();
    }
    if (lock.granted(node) && node.note.isPresent() && node.stat != null) {
      granting.granted(ticket, lock, node.path, node.note.get(), node.stat);
      return;
    }
    if (node.grant() && ticket.givenUp == null) {
      node.disarm();
      queueing.takePlace(ticket, lock, node);
      return;
    }
    ticket.state = PendingLease.State.WAITING;
    boolean lost = node.stat == null || node.stat.getEphemeralOwner() != engine.link().session();
    if (ticket.givenUp != null || lost) {
      leaving.leave(
          ticket, ticket.givenUp == null ? new LeaseOutcome.Unavailable() : ticket.givenUp);
    }
  }

  void changed(EventType type, String path) {
    LockMirror.Place place = engine.tree().place(path);
    switch (type) {
      case NodeCreated -> created(place, path);
      case NodeDeleted -> deleted(place, path);
      case NodeDataChanged -> rewritten(place, path);
      default -> {}
    }
  }

  private void created(LockMirror.Place place, String path) {
    switch (place.part()) {
      case LOCK -> {
        MirroredLock lock = engine.tree().lock(place.id());
        lock.exists = true;
        lock.loaded = true;
        if (lock.creating == 0) {
          parents.look(lock, () -> granting.turnOf(lock));
        } else {
          // The reply to our own create tells whose this is.
          lock.shapeKnown = false;
        }
      }
      case LOCKS -> engine.tree().lock(place.id()).hasLocks = true;
      case LEASES -> engine.tree().lock(place.id()).hasLeases = true;
      case CONTENDER -> {
        MirroredLock lock = engine.tree().lock(place.id());
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (!engine.tickets().containsKey(MirroredNode.uidOf(name))) {
          MirroredNode node = new MirroredNode(lock, path);
          lock.put(node);
          read(node);
        }
      }
      default -> {}
    }
  }

  private void read(MirroredNode node) {
    engine
        .notes()
        .read(
            node.path,
            (path, data) -> {
              if (data.isPresent() && engine.holds(node)) {
                MirrorLoader.describe(node, data.get());
                if (node.grant()) {
                  granting.expiry().seen(node, Duration.ZERO);
                }
              }
              node.read = true;
            });
  }

  private void deleted(LockMirror.Place place, String path) {
    MirroredLock lock = engine.tree().known(place.id());
    if (lock == null) {
      return;
    }
    switch (place.part()) {
      case LOCK -> {
        lock.exists = false;
        lock.shape = Optional.empty();
        if (!lock.busy() && lock.whenKnown.isEmpty()) {
          engine.tree().forget(lock.id);
        }
      }
      case LOCKS -> lock.hasLocks = false;
      case LEASES -> lock.hasLeases = false;
      case CONTENDER -> lock.byPath(path).ifPresent(this::deleted);
      default -> {}
    }
  }

  private void deleted(MirroredNode node) {
    PendingLease ticket = engine.tickets().get(node.uid);
    if (ticket != null && ticket.node == node) {
      if (ticket.state == PendingLease.State.WAITING) {
        leaving.gone(ticket);
      }
    } else if (!node.leaving) {
      node.lock.remove(node);
      granting.settle(node.lock);
    }
  }

  private void rewritten(LockMirror.Place place, String path) {
    if (place.part() == LockMirror.Part.LOCK) {
      MirroredLock lock = engine.tree().lock(place.id());
      parents.look(lock, () -> granting.turnOf(lock));
    } else if (place.part() == LockMirror.Part.CONTENDER) {
      engine.tree().node(path).ifPresent(this::read);
    }
  }
}
