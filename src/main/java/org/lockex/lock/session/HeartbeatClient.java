package org.lockex.lock.session;

import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.Watcher;

/**
 * The client of one session, as far as its heartbeats need it. Every session has a client of its
 * own, so whoever has the client knows which session is meant. Nothing here waits.
 */
public interface HeartbeatClient {
  /**
   * The id of the session.
   *
   * @return as ZooKeeper prints it: {@code 0x} and hex digits
   */
  String sessionName();

  /**
   * Reads a node's state, which any server answers.
   *
   * @param path the node, with the chroot
   * @param answer told the answer
   */
  void read(String path, AsyncCallback.StatCallback answer);

  /**
   * Asks through the quorum whether a node exists; a read would be answered by any follower.
   *
   * @param path the node, with the chroot
   * @param answer told the answer
   */
  void check(String path, AsyncCallback.MultiCallback answer);

  /**
   * Reads a node's state and leaves a watch on it.
   *
   * @param path the node, with the chroot
   * @param watcher told of its next change
   * @param answer told the answer
   */
  void watch(String path, Watcher watcher, AsyncCallback.StatCallback answer);

  /**
   * Drops the connection, if there is one, and tries the next server at once.
   *
   * @param request sends a request; not called if there is no connection
   */
  void reconnect(Runnable request);
}
