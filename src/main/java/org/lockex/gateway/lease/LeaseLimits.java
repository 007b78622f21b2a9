package org.lockex.gateway.lease;

/**
 * How much the lease model takes on.
 *
 * @param waiting requests for a lock at once, of all clients
 * @param waitingPerClient the same of one client's address
 * @param grantsPerClient locks that one client's address may hold at once, of those given here
 * @param locks locks known at once
 */
public record LeaseLimits(int waiting, int waitingPerClient, int grantsPerClient, int locks) {

  /** One that is reached. */
  public enum Reached {
    /** Of all requests. */
    WAITING("too many requests wait", false),

    /** Of the client's requests. */
    WAITING_OF_CLIENT("too many requests of your address wait", true),

    /** Of the client's grants. */
    GRANTS_OF_CLIENT("your address holds too many locks", true),

    /** Of locks. */
    LOCKS("too many locks are in use", false);

    private final String words;
    private final boolean ofClient;

    Reached(String words, boolean ofClient) {
      this.words = words;
      this.ofClient = ofClient;
    }

    /** {@return the reason, for the client} */
    public String words() {
      return words;
    }

    /** {@return whether it is a limit of the client's address} */
    public boolean isOfClient() {
      return ofClient;
    }
  }
}
