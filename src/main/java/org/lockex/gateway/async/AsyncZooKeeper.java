package org.lockex.gateway.async;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * ZooKeeper as the lease model needs it: one session at a time, and nothing that blocks. Replies
 * and events come one after another, in the order in which the server did things, which is what the
 * mirror of the locks is built on (ZooKeeper Programmer's Guide, "Consistency Guarantees": a client
 * sees a watch event before it sees the new state). When the connection goes, every request that is
 * on its way is answered with CONNECTIONLOSS.
 */
public interface AsyncZooKeeper {

  /** Hears of the session, one call after another. */
  interface ZooKeeperListener {
    /**
     * Connected; {@code fresh} if this session is new, so that nothing of ours is left.
     *
     * @param fresh whether the session is new
     */
    void connected(boolean fresh);

    /** The connection is away, the session perhaps not. */
    void disconnected();

    /** The session is over. */
    void expired();

    /**
     * A node below the watched root changed.
     *
     * @param type what happened to the node
     * @param path the path of the node
     */
    void changed(EventType type, String path);
  }

  /** The answer to several operations in one request. */
  interface MultiReply {
    /**
     * {@code results} are there when {@code code} is OK; {@code zxid} is that of the answer.
     *
     * @param code OK, or why not
     * @param results one for each operation; null where there are none
     * @param zxid the transaction of the answer
     */
    void done(Code code, @Nullable List<OpResult> results, long zxid);
  }

  /**
   * Starts to connect and returns at once.
   *
   * @param listener hears of the session
   * @throws IOException if no client can be made
   */
  void open(ZooKeeperListener listener) throws IOException;

  /** {@return who may touch the nodes we create} */
  List<ACL> acl();

  /** {@return the id of the session; zero before the first} */
  long session();

  /** {@return how long the session outlives the connection, as the server granted it} */
  Duration timeout();

  /**
   * All of {@code ops} or none, in one transaction whose zxid the reply carries.
   *
   * @param ops the operations, in this order
   * @param reply hears the answer
   */
  void multi(List<Op> ops, MultiReply reply);

  /**
   * Several reads in one request; a failed one is an ErrorResult among the results.
   *
   * @param ops the operations, in this order
   * @param reply hears the answer
   */
  void read(List<Op> ops, MultiReply reply);

  /**
   * Answered after every event that was on its way when it was asked.
   *
   * @param path the path of the node
   * @param reply hears the answer
   */
  void barrier(String path, Consumer<Code> reply);

  /**
   * As {@link #barrier}, with everything in it that was done through any server before.
   *
   * @param path the path of the node
   * @param reply hears the answer
   */
  void sync(String path, Consumer<Code> reply);

  /**
   * Tells the listener of every change at or below {@code path}, for as long as the session.
   *
   * @param path the path of the node
   * @param reply hears the answer
   */
  void watch(String path, Consumer<Code> reply);

  /**
   * Ends the session and with it every waiting request; what was granted stays.
   *
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  void close() throws InterruptedException;

  /**
   * {@return whether the fate of a transaction that ended with {@code code} is unknown}
   *
   * @param code OK, or why not
   */
  static boolean lost(Code code) {
    return code == Code.CONNECTIONLOSS
        || code == Code.SESSIONEXPIRED
        || code == Code.OPERATIONTIMEOUT
        || code == Code.REQUESTTIMEOUT
        || code == Code.SESSIONMOVED;
  }
}
