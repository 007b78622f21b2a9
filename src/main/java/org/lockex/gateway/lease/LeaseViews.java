package org.lockex.gateway.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lockex.znode.LockId;

/** Shows the nodes of a queue to people and clients. */
final class LeaseViews {
  private LeaseViews() {}

  /** Everybody at {@code lock}, holders first, then the queue in order; no expired grants. */
  static List<LeaseView> of(MirroredLock lock, GrantExpiry expiry, long now) {
    List<LeaseView> views = new ArrayList<>();
    for (MirroredNode lease : lock.leases.values()) {
      if (!expiry.over(lease)) {
        views.add(of(lease, true, now));
      }
    }
    boolean first = true;
    for (MirroredNode node : lock.mutexQueue.values()) {
      if (!expiry.over(node)) {
        views.add(of(node, holds(node, first), now));
      }
      first = false;
    }
    lock.semaphoreQueue.values().forEach(node -> views.add(of(node, false, now)));
    return views;
  }

  /** In a mutex's queue the first one holds; a lease only when it is granted. */
  private static boolean holds(MirroredNode node, boolean first) {
    return first && (node.grant() || !node.lease());
  }

  /** One contender; {@code now} in nanoseconds of the timer. */
  static LeaseView of(MirroredNode node, boolean active, long now) {
    Optional<Note> note = node.note;
    Optional<Note.Terms> terms = note.flatMap(Note::lease);
    Duration lifetime = terms.map(Note.Terms::lifetime).orElse(Duration.ZERO);
    Duration patience = terms.map(Note.Terms::patience).orElse(Duration.ZERO);
    Instant since = note.map(Note::since).orElse(Instant.EPOCH);
    Optional<Instant> expires = Optional.empty();
    if (node.grant()) {
      Instant end = Instant.now().plusNanos(node.expiresAt - now);
      expires = Optional.of(end);
      since = end.minus(lifetime);
    } else if (terms.isPresent()) {
      expires = Optional.of(since.plus(patience));
    }
    return new LeaseView(
        new LockId(node.lock.id),
        node.uid,
        active,
        terms.isPresent(),
        note.map(Note::host).orElse(""),
        note.map(Note::user).orElse(""),
        note.map(Note::title).orElse(""),
        terms.map(Note.Terms::dialect).orElse(""),
        terms.flatMap(Note.Terms::requester),
        patience,
        lifetime,
        since,
        expires,
        node.token());
  }
}
