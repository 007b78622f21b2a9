package org.lockex.gateway.dialect;

import java.util.function.Consumer;
import org.lockex.gateway.http.ClientExchange;
import org.lockex.gateway.http.Continuation;
import org.lockex.gateway.lease.LeaseOutcome;
import org.lockex.gateway.lease.LeaseRequest;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.gateway.lease.Leases;
import org.lockex.gateway.lease.PendingLease;

/** A lease asked for by one request that waits for the outcome. */
final class AcquireCall {
  private AcquireCall() {}

  /**
   * Asks for a lease; {@code answer} tells the client what became of it. A client that hangs up
   * while it waits leaves the queue; a grant that cannot be sent is given back.
   */
  static void start(
      Leases leases, ClientExchange exchange, LeaseRequest wanted, Consumer<LeaseOutcome> answer) {
    PendingLease pending = leases.acquire(wanted);
    Continuation.of(
        pending.queued(),
        waits -> {
          if (waits) {
            exchange.onHangUp(() -> leases.hangUp(pending));
          }
        });
    exchange.when(
        pending.outcome(),
        outcome -> {
          if (outcome instanceof LeaseOutcome.Granted(LeaseView lease)) {
            exchange.ifUnsent(() -> leases.giveBack(lease));
          }
          answer.accept(outcome);
        });
  }
}
