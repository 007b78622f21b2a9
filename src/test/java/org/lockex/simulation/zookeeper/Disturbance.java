package org.lockex.simulation.zookeeper;

/** Goes wrong with a request that came to a server. */
public interface Disturbance {
  /** What becomes of the request. */
  enum Effect {
    /** It is served. */
    NONE,
    /** It is done, but the connection breaks before it is answered. */
    LOST_ANSWER,
    /** The connection breaks before it is done. */
    LOST_REQUEST,
    /** Neither it nor any after it is answered on this connection. */
    STALLED
  }

  /**
   * Decides.
   *
   * @param client whose it is
   * @param type a ZooDefs.OpCode
   */
  Effect on(String client, int type);
}
