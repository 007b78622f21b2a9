package org.lockex.gateway.lease;

/** What became of a request for a lease. */
public sealed interface LeaseOutcome {

  /**
   * It is granted: a promise until its lifetime ends.
   *
   * @param lease what was granted
   */
  record Granted(LeaseView lease) implements LeaseOutcome {}

  /** The wait was over before its turn came. */
  record TimedOut() implements LeaseOutcome {}

  /** Somebody deleted the waiting request. */
  record Removed() implements LeaseOutcome {}

  /** The lock is held or waited for with another mode or size. */
  record OtherShape() implements LeaseOutcome {}

  /** The requester holds this lock or waits for it already. */
  record Already() implements LeaseOutcome {}

  /** The client hung up; nobody will read this. */
  record HungUp() implements LeaseOutcome {}

  /** The turn came and was not claimed within its grace. */
  record Unclaimed() implements LeaseOutcome {}

  /** ZooKeeper is away, or this lockexd stops. */
  record Unavailable() implements LeaseOutcome {}

  /**
   * A limit of this lockexd is reached.
   *
   * @param limit which
   */
  record TooMany(LeaseLimits.Reached limit) implements LeaseOutcome {}
}
