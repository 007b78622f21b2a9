package org.lockex.gateway.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.gateway.async.TaskScheduler.ScheduledTask;
import org.lockex.znode.ContenderData;
import org.lockex.znode.Grant;
import org.lockex.znode.LeaseTerms;
import org.lockex.znode.QueueNames;
import org.lockex.znode.SequenceNumbers;

/**
 * One contender's node as this lockexd knows it: a place in a queue, a lease of a semaphore, or a
 * stranger in a lock's folder.
 */
final class MirroredNode {
  /** When a grant's lifetime ends. Not known is a state of its own: it is never over. */
  sealed interface GrantEnd {
    /** It has not been found out yet how old the grant is. */
    record Unknown() implements GrantEnd {}

    /** It ends at that time of the monotonic clock. */
    record At(long nanos) implements GrantEnd {}

    /** Whether the lifetime is surely over at {@code now}. */
    default boolean isOver(long now) {
      return this instanceof At(long nanos) && nanos - now <= 0;
    }
  }

  /** A lifetime is never counted longer than this, far from every overflow. */
  private static final Duration LONGEST = Duration.ofDays(100 * 366L);

  private final String lock;
  private final String path;
  private final String name;
  private final String uid;
  private Optional<ContenderData> data = Optional.empty();
  private @Nullable Stat stat;
  private Optional<Grant> grant = Optional.empty();

  /** By when the lifetime of a grant had begun, on the monotonic clock. */
  private OptionalLong began = OptionalLong.empty();

  private @Nullable ScheduledTask expiry;
  private boolean leaving;

  /** A node of which nothing but its path is known yet. */
  MirroredNode(String lock, String path) {
    this.lock = lock;
    this.path = path;
    this.name = path.substring(path.lastIndexOf('/') + 1);
    this.uid = QueueNames.uid(name);
  }

  /** The lock's name. */
  String lock() {
    return lock;
  }

  String path() {
    return path;
  }

  String name() {
    return name;
  }

  /** 32 hex digits: the UUID in the name, or for a name without one, one made of the name. */
  String uid() {
    return uid;
  }

  /** This is what stands in ZooKeeper. */
  void stands(ContenderData told, Stat by) {
    data = Optional.of(told);
    stat = by;
    grant = Grant.of(told.terms(), by);
  }

  /** What the contender says; empty while it has not been read, or if it may not be. */
  Optional<ContenderData> data() {
    return data;
  }

  /**
   * When the node was made, by ZooKeeper's clock; {@link Instant#EPOCH} while that is not known.
   */
  Instant createdAt() {
    return stat == null ? Instant.EPOCH : Instant.ofEpochMilli(stat.getCtime());
  }

  /** The version to delete a grant with. */
  int version() {
    return stat == null ? 0 : stat.getVersion();
  }

  /** Whether it is surely a node of that session. */
  boolean isOfSession(long session) {
    return session != 0 && stat != null && stat.getEphemeralOwner() == session;
  }

  /**
   * A promise that outlives every session, not only a place in a queue. In a mutex's queue it holds
   * only if it is first.
   */
  boolean isGrant() {
    return grant.isPresent();
  }

  /** Made by a lockexd, for a client of its. */
  boolean isLease() {
    return terms().isPresent();
  }

  /** What a client of lockexd asked for, if this is one. */
  Optional<LeaseTerms> terms() {
    return data.flatMap(ContenderData::terms);
  }

  /** The name under which its client holds locks, where the dialect has one. */
  Optional<String> requester() {
    return terms().flatMap(LeaseTerms::requester);
  }

  /**
   * Whether no other node of its queue can have its number; where one can, both may be first, so
   * that nothing may be held by it.
   */
  boolean hasItsOwnNumber() {
    return SequenceNumbers.isUnique(name);
  }

  /** The fencing token: what the grant says, otherwise the node's own czxid. */
  long token() {
    return grant.map(Grant::token).orElse(stat == null ? 0 : stat.getCzxid());
  }

  /** The transaction that made it; empty while that is not known. */
  OptionalLong created() {
    return stat == null ? OptionalLong.empty() : OptionalLong.of(stat.getCzxid());
  }

  /**
   * Its lifetime had begun by {@code when}. The earliest counts, so that writing the node's data
   * again moves the end for nobody.
   */
  void beganBy(long when) {
    if (began.isEmpty() || when - began.getAsLong() < 0) {
      began = OptionalLong.of(when);
    }
  }

  /** By when its lifetime had begun; empty while that is not known. */
  OptionalLong began() {
    return began;
  }

  /** When its lifetime ends. */
  GrantEnd end() {
    return grant.isEmpty() || began.isEmpty()
        ? new GrantEnd.Unknown()
        : new GrantEnd.At(began.getAsLong() + nanos(grant.get().lifetime()));
  }

  /** How much longer than its lifetime whoever did not give it lets it stand. */
  Duration margin() {
    return grant.isEmpty() ? Duration.ZERO : Duration.ofNanos(nanos(grant.get().margin()));
  }

  /** Whether it is a grant whose lifetime is over, be it deleted yet or not. */
  boolean isOver(long now) {
    return isGrant() && end().isOver(now);
  }

  private static long nanos(Duration lifetime) {
    return (lifetime.compareTo(LONGEST) > 0 ? LONGEST : lifetime).toNanos();
  }

  /** It will be deleted by {@code task}, in place of an earlier one. */
  void expiresBy(ScheduledTask task) {
    disarm();
    expiry = task;
  }

  /** Nothing will delete it at its end. */
  void disarm() {
    if (expiry != null) {
      expiry.cancel();
      expiry = null;
    }
  }

  /** Our own delete is on its way; its reply tells what became of it, not the event. */
  boolean isLeaving() {
    return leaving;
  }

  void leaves() {
    leaving = true;
  }

  /** Our own delete failed. */
  void stays() {
    leaving = false;
  }
}
