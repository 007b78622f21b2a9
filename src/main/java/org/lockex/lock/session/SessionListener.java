package org.lockex.lock.session;

/**
 * Hears of the changes of a session's connection, in their order, on a thread that it must not
 * block.
 */
public interface SessionListener {
  /**
   * A session was created, or taken up again.
   *
   * @param client of the session
   * @param created whether it is new
   * @param asked when the connection was begun that the request came by; nanoseconds of the
   *     settings' clock
   * @param timeoutNanos the timeout that the server granted
   */
  void connected(HeartbeatClient client, boolean created, long asked, long timeoutNanos);

  /**
   * ZooKeeper ended a session.
   *
   * @param client of that session
   */
  void expired(HeartbeatClient client);
}
