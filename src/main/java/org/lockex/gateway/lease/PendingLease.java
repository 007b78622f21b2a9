package org.lockex.gateway.lease;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.lockex.gateway.async.TaskScheduler.ScheduledTask;
import org.lockex.gateway.lease.PendingState.PendingEvent;
import org.lockex.znode.ContenderData;
import org.lockex.znode.LeaseTerms;
import org.lockex.znode.LockData;

/**
 * One client's request on its way to a grant; {@link PendingState} tells the way.
 *
 * <p>Giving up is a wait that ended, a client that hung up, or a stop. Somebody who deletes the
 * waiting node ends it at once. While ZooKeeper is away nothing moves; when it is back the node
 * itself tells which state is true.
 */
public final class PendingLease {
  private static final int MOST_ATTEMPTS = 10;

  private final LeaseRequest wanted;
  private final LockData shape;
  private final UUID uuid;
  private final String uid;
  private final ContenderData waiting;
  private final long arrivedAt;
  private final CompletableFuture<LeaseOutcome> outcome = new CompletableFuture<>();
  private final CompletableFuture<Boolean> queued = new CompletableFuture<>();
  private final CompletableFuture<Boolean> joined = new CompletableFuture<>();

  private PendingState state = PendingState.PREPARING;
  private @Nullable MirroredNode node;
  private OptionalLong token = OptionalLong.empty();
  private OptionalLong grantAsked = OptionalLong.empty();
  private boolean claimed;
  private @Nullable LeaseOutcome givenUp;
  private @Nullable LeaseOutcome decided;
  private int attempts;
  private @Nullable ScheduledTask timeout;
  private @Nullable ScheduledTask unclaimed;

  /**
   * A request that has just arrived.
   *
   * @param waiting what its node tells while it waits
   * @param arrivedAt the time of the monotonic clock
   */
  PendingLease(LeaseRequest wanted, UUID uuid, ContenderData waiting, long arrivedAt) {
    this.wanted = wanted;
    this.shape = new LockData(wanted.size());
    this.uuid = uuid;
    this.uid = uuid.toString().replace("-", "");
    this.waiting = waiting;
    this.arrivedAt = arrivedAt;
    this.claimed = wanted.grace().isZero();
  }

  /** {@return the name under which the request, and later its grant, is known} */
  public String uid() {
    return uid;
  }

  /** {@return what became of it; completed once, and never with a failure} */
  public CompletableFuture<LeaseOutcome> outcome() {
    return outcome;
  }

  /**
   * Completed with true when it has to wait, with false when it is over without.
   *
   * @return whether it has to wait: completed with true when it waits, with false when it is over
   *     without
   */
  public CompletableFuture<Boolean> queued() {
    return queued;
  }

  /** {@return completed when the queue node is there} */
  public CompletableFuture<Boolean> joined() {
    return joined;
  }

  /** {@return what the client asked for} */
  public LeaseRequest wanted() {
    return wanted;
  }

  String lock() {
    return wanted.lock().value();
  }

  /** How many may hold the lock at once. */
  LockData shape() {
    return shape;
  }

  UUID uuid() {
    return uuid;
  }

  long arrivedAt() {
    return arrivedAt;
  }

  /** What its node tells while it waits. */
  ContenderData waitingData() {
    return waiting;
  }

  /** What its node tells once it is a grant. */
  ContenderData grantedData(long fencingToken) {
    return new ContenderData(
        waiting.who(),
        Optional.empty(),
        waiting.terms().map(terms -> terms.granted(fencingToken)),
        Optional.empty(),
        0,
        Optional.empty());
  }

  /** What its node tells if it is created as a grant: the token is its own czxid. */
  ContenderData grantedAtOnceData() {
    return grantedData(LeaseTerms.OWN_CZXID);
  }

  PendingState state() {
    return state;
  }

  /**
   * Goes to the next state.
   *
   * @throws IllegalStateException if this cannot happen now, which is a defect
   */
  void on(PendingEvent event) {
    PendingState from = state;
    state =
        from.after(event)
            .orElseThrow(
                () -> new IllegalStateException("a request that is " + from + " cannot " + event));
  }

  /** Ends it whatever state it is in, after a defect. */
  void abort() {
    state = PendingState.ENDED;
  }

  /** Its node, as far as is known. */
  Optional<MirroredNode> node() {
    return Optional.ofNullable(node);
  }

  boolean isAt(MirroredNode other) {
    return node == other;
  }

  void standsAt(MirroredNode where) {
    node = where;
  }

  /** Its fencing token: that of the node that has its place in the queue. */
  long token() {
    return token.orElse(0);
  }

  /** It has a place in the queue, by a node of that czxid. */
  void tokenIs(long czxid) {
    token = OptionalLong.of(czxid);
  }

  /**
   * A request that may make its node a grant is sent now. Of several of which nobody knows what
   * became of them the first counts.
   */
  void grantAsked(long now) {
    if (grantAsked.isEmpty()) {
      grantAsked = OptionalLong.of(now);
    }
  }

  /** None of them has made it a grant. */
  void grantRefused() {
    grantAsked = OptionalLong.empty();
  }

  /** When its grant was asked for: its lifetime counts from there. */
  OptionalLong grantAsked() {
    return grantAsked;
  }

  /** Whether somebody waits to hear of the grant. */
  boolean claimed() {
    return claimed;
  }

  void claim(boolean now) {
    claimed = now;
    cancel(unclaimed);
    unclaimed = null;
  }

  /** Whether its turn has come and waits to be claimed. */
  boolean waitsForClaim() {
    return unclaimed != null;
  }

  void waitForClaim(ScheduledTask until) {
    unclaimed = until;
  }

  void claimMissed() {
    unclaimed = null;
  }

  void timeOutBy(ScheduledTask task) {
    timeout = task;
  }

  /** Why nobody wants it any more, if so. */
  Optional<LeaseOutcome> givenUp() {
    return Optional.ofNullable(givenUp);
  }

  /** Nobody wants it any more; the first reason counts. */
  void giveUp(LeaseOutcome why) {
    if (givenUp == null) {
      givenUp = why;
    }
  }

  /** Counts a failed attempt; false if there were too many. */
  boolean mayTryAgain() {
    return ++attempts <= MOST_ATTEMPTS;
  }

  /** Whether one of the same requester is meant. */
  boolean isOf(MirroredNode other) {
    return wanted.requester().isPresent() && wanted.requester().equals(other.requester());
  }

  /** Decides what the client is told; false if that is decided already. */
  boolean decide(LeaseOutcome what) {
    boolean first = decided == null;
    if (first) {
      decided = what;
    }
    return first;
  }

  /** Whether the client is told that it holds the lock. */
  boolean isPromised() {
    return decided instanceof LeaseOutcome.Granted;
  }

  /** Tells the client; to be called when the step is over. */
  void answer(LeaseOutcome with) {
    queued.complete(false);
    outcome.complete(with);
  }

  void cancelTimers() {
    cancel(timeout);
    cancel(unclaimed);
  }

  private static void cancel(@Nullable ScheduledTask task) {
    if (task != null) {
      task.cancel();
    }
  }
}
