package org.lockex.lock.lease;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where one contender stands, as far as its lease is concerned. */
sealed interface LeaseState {

  /** Not in the queue, or somewhere in it: there is nothing to lose. */
  record Waiting() implements LeaseState {}

  /** There is an own node whose existence the heartbeats prove. */
  sealed interface Proving extends LeaseState {
    /** The session that owns the node. */
    Heartbeats session();

    /** The own node, with the chroot. */
    String node();

    /** Until when it is certainly ours; empty until a heartbeat for this node was answered. */
    Optional<Deadline> deadline();

    /** The same with another deadline. */
    Proving until(Deadline next);
  }

  /**
   * Only one is before us. The lease is kept for a while as if we held the lock already, so that
   * none has to be begun when that one goes; but the end of the node is no loss.
   *
   * @param since when that began, on the clock
   */
  record Next(Heartbeats session, String node, long since, Optional<Deadline> deadline)
      implements Proving {
    @Override
    public Next until(Deadline next) {
      return new Next(session, node, since, Optional.of(next));
    }
  }

  /** The lock is ours, or is ours as soon as there is a deadline. */
  record Holding(Heartbeats session, String node, Optional<Deadline> deadline) implements Proving {
    @Override
    public Holding until(Deadline next) {
      return new Holding(session, node, Optional.of(next));
    }
  }

  /** What was held is lost; the last deadline is kept for whoever ends the command. */
  record LostLease(Loss loss, Optional<Deadline> deadline) implements LeaseState {}

  /** Nobody wants the lock any more. */
  record StoppedKeeping() implements LeaseState {}

  /**
   * Whether heartbeats prove now that the own node is there: a holder's, and those of one who is
   * newly next in line.
   */
  default boolean proves(long now) {
    return this instanceof Holding
        || (this instanceof Next next && now - next.since() < next.session().lease().timeout());
  }

  /** This state as one that proves a node; null if it is another. */
  default @Nullable Proving proving() {
    return this instanceof Proving proving ? proving : null;
  }

  /** The deadline known in this state. */
  default Optional<Deadline> knownDeadline() {
    if (this instanceof Proving proving) {
      return proving.deadline();
    }
    return this instanceof LostLease lost ? lost.deadline() : Optional.empty();
  }
}
