package org.lockex.lock;

/**
 * How long a lock is certainly ours. Heartbeats go on from the acquisition to the end of the
 * session or the loss.
 */
public interface Lease {

  /** Hears of a lease's fate, on a thread that it must not block. */
  interface Listener {
    /** A heartbeat moved the deadline; later calls bring later deadlines. */
    void renewed(Deadline deadline);

    /** The lock is no longer ours; called once, and last. */
    void lost(Loss loss);
  }

  /** The deadline known now. */
  Deadline deadline();

  /** Sets the one listener, which is called at once with what is known, even a loss. */
  void listen(Listener listener);
}
