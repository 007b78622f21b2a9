package org.lockex.lock.lease;

import org.lockex.lock.session.HeartbeatClient;

/**
 * What a {@link LeaseMachine} wants done. Nothing here waits; answers come back as events of the
 * machine.
 */
interface LeaseActions {
  /** Read the folder of the holders, which any server answers. */
  void read(HeartbeatClient to, String folder, long sent);

  /** Ask through the quorum whether a node exists. */
  void prove(HeartbeatClient to, String node, long sent);

  /** Set the watch on the own node again, and tell if it is gone. */
  void watch(HeartbeatClient to, String node);

  /**
   * Drop the connection and take another server, unless there is none at the moment.
   *
   * @param request sends a heartbeat, which goes out with the next connection
   */
  void reconnect(HeartbeatClient client, Runnable request);

  /** The deadline of the own node moved. */
  void renewed(Deadline deadline);

  /** What was held is lost; once, and last. */
  void lost(Loss loss);

  /** Holders came or went. */
  void holdersChanged();

  /** One line for people who asked to be told. */
  void note(String line);
}
