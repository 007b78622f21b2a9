package org.lockex.lock.lease;

/**
 * How long a lock is certainly ours. Heartbeats go on from the acquisition to the end of the
 * session or the loss.
 */
public interface Lease {

  /** Hears of a lease's fate, on a thread that it must not block. */
  interface HoldListener {
    /**
     * A heartbeat moved the deadline. Later calls bring later deadlines, but for a server that
     * shortened the session timeout at a reconnect.
     *
     * @param deadline the one that counts now
     */
    void renewed(Deadline deadline);

    /**
     * The lock is no longer ours; called once, and last.
     *
     * @param loss how
     */
    void lost(Loss loss);
  }

  /**
   * The deadline known now.
   *
   * @return that of the last heartbeat that moved it
   */
  Deadline deadline();

  /**
   * Sets the one listener, which is called at once with what is known, even a loss.
   *
   * @param listener in the place of the one before
   */
  void listen(HoldListener listener);
}
