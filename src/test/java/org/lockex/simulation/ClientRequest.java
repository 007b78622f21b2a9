package org.lockex.simulation;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lockex.gateway.lease.LeaseOutcome;
import org.lockex.gateway.lease.LeaseRequest;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.gateway.lease.PendingLease;

/** A client's request for a lock, and what became of it. */
final class ClientRequest {
  private final int number;
  private final LeaseRequest wanted;
  private final SimulatedProcess at;
  private final long askedAt;
  private @Nullable PendingLease pending;
  private Optional<LeaseOutcome> answer = Optional.empty();
  private Runnable onGrant = () -> {};
  private int answers;

  /** It goes to the lockexd in process {@code at}. */
  ClientRequest(int number, LeaseRequest wanted, SimulatedProcess at, long askedAt) {
    this.number = number;
    this.wanted = wanted;
    this.at = at;
    this.askedAt = askedAt;
  }

  LeaseRequest wanted() {
    return wanted;
  }

  long askedAt() {
    return askedAt;
  }

  void sent(PendingLease now) {
    pending = now;
  }

  /** Empty while its lockexd has not read it. */
  Optional<PendingLease> pending() {
    return Optional.ofNullable(pending);
  }

  void answered(LeaseOutcome outcome) {
    answers++;
    answer = Optional.of(outcome);
    if (lease().isPresent()) {
      onGrant.run();
    }
  }

  /** Runs {@code then} if its client is told that it holds the lock. */
  void onGrant(Runnable then) {
    onGrant = then;
  }

  int answers() {
    return answers;
  }

  Optional<LeaseView> lease() {
    return answer.orElse(null) instanceof LeaseOutcome.Granted granted
        ? Optional.of(granted.lease())
        : Optional.empty();
  }

  /** Whether its client waits for nothing any more: it has an answer, or a broken connection. */
  boolean over() {
    return answer.isPresent() || !at.alive();
  }

  @Override
  public String toString() {
    return "#" + number;
  }
}
