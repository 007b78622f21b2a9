package org.lockex.gateway;

import java.time.Duration;
import org.lockex.gateway.lease.Leases;

/**
 * Answers a service manager's watchdog from within a step of the lease model: a model that stands
 * still does not answer, and is started anew.
 *
 * @param leases the lease model
 * @param limit how long may pass between two answers; there are three in it
 * @param answer gives one
 */
record Watchdog(Leases leases, Duration limit, Runnable answer) {
  void start() {
    leases.later(Duration.ZERO, this::step);
  }

  private void step() {
    answer.run();
    leases.later(limit.dividedBy(3), this::step);
  }
}
