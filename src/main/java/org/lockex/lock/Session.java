package org.lockex.lock;

import java.time.Duration;

/**
 * The connection to ZooKeeper that a lock lives on. A waiter whose session expires gets a new one
 * behind the scenes; a holder's lease then reports the loss.
 */
public final class Session {

  /** How the end of a session went. */
  public enum End {
    /** The server confirmed it: every node of the session is gone. */
    ANSWERED,
    /** The request was sent but not answered in time: the nodes go now or with the timeout. */
    SENT,
    /** ZooKeeper was away: the nodes go when the session times out. */
    NOT_SENT
  }

  private Session() {}

  /** Starts to connect and returns at once. */
  public static Session open(SessionSettings settings) {
    throw new UnsupportedOperationException();
  }

  /**
   * Waits for the first connection, at most the connect timeout from {@link #open}.
   *
   * @throws LockException UNREACHABLE naming the hosts tried, NOT_AUTHORISED
   * @throws InterruptedException if the thread was interrupted
   */
  public void awaitConnected() throws LockException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** The session id as ZooKeeper prints it: {@code 0x} and hex digits. */
  public String id() {
    throw new UnsupportedOperationException();
  }

  /** The session timeout that the server granted. */
  public Duration timeout() {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends the session, which frees the lock in one write; works in every state and from any thread,
   * once. Threads of this session are left to die with the process, because closing them properly
   * takes 100 ms.
   *
   * @param patience how long to wait for the answer; zero: send it and do not wait
   */
  public End end(Duration patience) throws InterruptedException {
    throw new UnsupportedOperationException();
  }
}
