package org.lockex.gateway.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lockex.znode.Contender;
import org.lockex.znode.ContenderData;
import org.lockex.znode.LeaseTerms;
import org.lockex.znode.LockId;
import org.lockex.znode.TokenBase;

/** Shows the nodes of a queue to people and clients. */
final class LeaseViews {
  private LeaseViews() {}

  /**
   * Everybody at {@code lock}, holders first, then the queue in order; no expired grants.
   *
   * @param tokens what is added to make fencing tokens
   * @param now the time of the monotonic clock
   * @param wallTime the same moment, for people
   */
  static List<LeaseView> of(MirroredLock lock, TokenBase tokens, long now, Instant wallTime) {
    List<LeaseView> views = new ArrayList<>();
    lock.strangers().forEach(node -> views.add(of(node, true, tokens, now, wallTime)));
    for (MirroredNode lease : lock.leases()) {
      if (!lease.isOver(now)) {
        views.add(of(lease, true, tokens, now, wallTime));
      }
    }
    boolean first = true;
    for (MirroredNode node : lock.mutexQueue()) {
      if (!node.isOver(now)) {
        views.add(of(node, holds(node, first), tokens, now, wallTime));
      }
      first = false;
    }
    lock.semaphoreQueue().forEach(node -> views.add(of(node, false, tokens, now, wallTime)));
    return views;
  }

  /** In a mutex's queue the first one holds; a lease only when it is granted. */
  private static boolean holds(MirroredNode node, boolean first) {
    return first && (node.isGrant() || !node.isLease());
  }

  /** One contender. */
  static LeaseView of(
      MirroredNode node, boolean active, TokenBase tokens, long now, Instant wallTime) {
    Optional<Contender> who = node.data().flatMap(ContenderData::who);
    Optional<LeaseTerms> terms = node.terms();
    Duration lifetime = terms.map(LeaseTerms::lifetime).orElse(Duration.ZERO);
    Duration waitTime = terms.map(LeaseTerms::waitTime).orElse(Duration.ZERO);
    Instant since =
        who.map(Contender::since).filter(at -> at.isAfter(Instant.EPOCH)).orElse(node.createdAt());
    Optional<Instant> expires = Optional.empty();
    if (node.isGrant()) {
      if (node.end() instanceof MirroredNode.GrantEnd.At(long nanos)) {
        expires = Optional.of(wallTime.plusNanos(nanos - now));
        since = expires.get().minus(lifetime);
      }
    } else if (terms.isPresent()) {
      expires = Optional.of(since.plus(waitTime));
    }
    return new LeaseView(
        new LockId(node.lock()),
        node.uid(),
        active,
        who.map(Contender::host).orElse(""),
        who.map(Contender::user).orElse(""),
        node.data()
            .flatMap(ContenderData::hold)
            .map(LeaseTerms::heldFor)
            .or(() -> who.map(Contender::command))
            .orElse(""),
        terms.map(LeaseTerms::dialect).orElse(""),
        terms.flatMap(LeaseTerms::requester),
        waitTime,
        lifetime,
        since,
        expires,
        node.token() + base(node, tokens));
  }

  /**
   * A command tells what it adds; a grant was given with the base that stood when it was created.
   */
  private static long base(MirroredNode node, TokenBase tokens) {
    long told = node.data().map(ContenderData::tokenBase).orElse(0L);
    return told > 0 || !node.isGrant() ? told : tokens.at(node.created().orElse(0));
  }
}
