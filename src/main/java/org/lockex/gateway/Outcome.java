package org.lockex.gateway;

/** What became of a request for a lease. */
sealed interface Outcome {

  /** It is granted: a promise until its lifetime ends. */
  record Granted(LeaseView lease) implements Outcome {}

  /** The wait was over before its turn came. */
  record TimedOut() implements Outcome {}

  /** Somebody deleted the waiting request. */
  record Deleted() implements Outcome {}

  /** The lock is held or waited for with another mode or size. */
  record OtherShape() implements Outcome {}

  /** The requester holds this lock or waits for it already. */
  record Already() implements Outcome {}

  /** The client hung up; nobody will read this. */
  record HungUp() implements Outcome {}

  /** The turn came and was not claimed within its grace. */
  record Unclaimed() implements Outcome {}

  /** ZooKeeper is away, or this lockexd stops. */
  record Unavailable() implements Outcome {}

  /** A limit of this lockexd is reached; {@code mine} if it is the client's own. */
  record TooMany(boolean mine) implements Outcome {}
}
