package org.lockex.znode;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.zookeeper.data.Stat;

/**
 * A lock granted by lockexd, or held by {@code lockexctl hold}: a promise that outlives every
 * session. It is a persistent node in the place of the queue node (mutex) or among the leases
 * (semaphore), and tells its lifetime and its token. Any other persistent node is a contender of
 * which nobody knows when it ends.
 *
 * @param terms what the client was promised
 * @param created the transaction that made the node
 * @param createdAt when that was, by the clock of the leader of that time
 */
public record Grant(LeaseTerms terms, long created, Instant createdAt) {
  /** As far as the rates of two hosts' clocks may differ: one in so many. */
  private static final int RATES = 20;

  /**
   * The one rule for what is a grant. Empty for a waiter, a command, a stranger.
   *
   * @param stat the state of the node
   * @param terms what the node's data tells
   * @return the grant, if it is one
   */
  public static Optional<Grant> of(Optional<LeaseTerms> terms, Stat stat) {
    return stat.getEphemeralOwner() == 0 && terms.isPresent() && terms.get().token().isPresent()
        ? Optional.of(
            new Grant(terms.get(), stat.getCzxid(), Instant.ofEpochMilli(stat.getCtime())))
        : Optional.empty();
  }

  /**
   * The same rule, for a node's data as it was read.
   *
   * @param stat the state of the node
   * @param data a node's data as it was read, possibly empty
   * @return the grant, if it is one
   */
  public static Optional<Grant> of(byte[] data, Stat stat) {
    // Most nodes belong to a session, and then there is nothing to read.
    return stat.getEphemeralOwner() == 0
        ? of(JsonObject.parse(data).flatMap(LeaseTerms::read), stat)
        : Optional.empty();
  }

  /** {@return how long it is promised for, from its creation} */
  public Duration lifetime() {
    return terms.lifetime();
  }

  /**
   * How much longer whoever did not give it lets it stand, because a clock that runs faster than
   * the giver's would end it before the time that its client was told.
   *
   * @return a twentieth of its lifetime: the rates of clocks differ by less
   */
  public Duration margin() {
    return terms.lifetime().dividedBy(RATES);
  }

  /**
   * The fencing token: that of the queue node whose place the grant took.
   *
   * @return a czxid
   */
  public long token() {
    return terms.token().filter(told -> told != LeaseTerms.OWN_CZXID).orElse(created);
  }

  /**
   * When it ends, by the clock of the leader that made it: for people. It counts from the creation,
   * so that nobody moves it by writing the data again. Who removes a grant never goes by this:
   * clocks of servers are set.
   *
   * @return its creation and its lifetime after it
   */
  public Instant endsAt() {
    return createdAt.plus(terms.lifetime());
  }
}
