package org.lockex.gateway.lease;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One client's request on its way to a grant.
 *
 * <pre>
 * QUEUEING --created--> WAITING --turn--> GRANTING --done--> GRANTED
 *    |                     |                  |
 *    +----- given up ------+-> LEAVING        +-- given up meanwhile: the grant is deleted
 * </pre>
 *
 * <p>Giving up is a wait that ended, a client that hung up, or a stop. Somebody who deletes the
 * waiting node ends it from WAITING at once. While ZooKeeper is away nothing moves; when it is back
 * the node itself tells which state is true.
 */
public final class PendingLease {
  /** How far the request is. */
  enum State {
    QUEUEING,
    WAITING,
    GRANTING,
    GRANTED,
    LEAVING,
    GONE
  }

  final LeaseRequest wanted;
  final Shape shape;
  final UUID uuid = UUID.randomUUID();
  final String uid = uuid.toString().replace("-", "");
  final Note note;
  final long arrivedAt;
  final CompletableFuture<LeaseOutcome> outcome = new CompletableFuture<>();

  /** Completed with true when it has to wait, with false when it is over without. */
  final CompletableFuture<Boolean> queued = new CompletableFuture<>();

  /** Completed when the queue node is there. */
  final CompletableFuture<Boolean> joined = new CompletableFuture<>();

  State state = State.QUEUEING;
  @Nullable MirroredNode node;
  long token;

  /** Somebody waits to hear of the grant. */
  boolean claimed;

  /** Why nobody wants it any more. */
  @Nullable LeaseOutcome givenUp;

  int attempts;
  @Nullable Future<?> timeout;
  @Nullable Future<?> unclaimed;

  PendingLease(LeaseRequest wanted, Note note, long arrivedAt) {
    this.wanted = wanted;
    this.shape = new Shape(wanted.size());
    this.note = note;
    this.arrivedAt = arrivedAt;
    this.claimed = wanted.grace().isZero();
  }

  /** The name under which the request, and later its grant, is known. */
  public String uid() {
    return uid;
  }

  /** What became of it; completed once, and never with a failure. */
  public CompletableFuture<LeaseOutcome> outcome() {
    return outcome;
  }

  /** Completed with true when it has to wait, with false when it is over without. */
  public CompletableFuture<Boolean> queued() {
    return queued;
  }

  /** Completed when the queue node is there. */
  public CompletableFuture<Boolean> joined() {
    return joined;
  }

  /** What the client asked for. */
  public LeaseRequest wanted() {
    return wanted;
  }

  /** Whether a transaction is on its way that may make it a grant. */
  boolean undecided() {
    return state == State.QUEUEING || state == State.GRANTING;
  }

  /** Whether its queue node is there or may be. */
  boolean open() {
    return state != State.GRANTED && state != State.GONE;
  }
}
