package org.lockex.lock.session;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.lockex.security.ClientConfig;
import org.lockex.security.Connectors;

/**
 * ZooKeeper's client for one session, with what it lacks: a reconnect on demand, and an end that is
 * waited for no longer than until it is answered.
 */
public final class SessionClient extends ZooKeeper implements HeartbeatClient {
  private static final int IMMEDIATE_TRIES = 5;
  private static final long PAUSE_MS = 50;

  private final HostRotation servers;
  private final RecipeRights rights;
  private final LostCreate lost;

  SessionClient(
      HostRotation servers,
      int sessionTimeoutMs,
      Watcher watcher,
      RecipeRights rights,
      SyncedLink synced,
      Connectors connectors)
      throws IOException {
    this.servers = servers;
    this.rights = rights;
    this.lost = new LostCreate(synced);
    servers.clientSleeps(() -> false);
    // The connect string is not used where a HostProvider is given.
    super(
        "localhost",
        sessionTimeoutMs,
        watcher,
        false,
        servers,
        new ClientConfig(connectors, Optional.of(servers)));
    // ClientCnxn sleeps before an attempt as soon as one TCP connection was made.
    servers.clientSleeps(() -> testableRemoteSocketAddress() != null);
  }

  /** When the connection that stands, or last stood, was asked for; in the clock's nanoseconds. */
  long asked() {
    return servers.granted();
  }

  /**
   * Drops the connection, if there is one, and tries the next server at once. Closing the socket
   * does not wake the send thread from its selector: a request does, for which it finds its socket
   * closed. The interrupt ends the sleep of its clean-up.
   */
  @Override
  public void reconnect(Runnable request) {
    long asked = asked();
    if (!getState().isConnected()) {
      return; // An attempt under way has its own, short time.
    }
    try {
      getTestable().closeSocket();
    } catch (IOException e) {
      // Then it is closed.
    }
    request.run();
    servers.wake(asked);
  }

  @Override
  public String sessionName() {
    return "0x" + Long.toHexString(getSessionId());
  }

  @Override
  public void read(String path, AsyncCallback.StatCallback answer) {
    exists(path, false, answer, null);
  }

  @Override
  public void watch(String path, Watcher watcher, AsyncCallback.StatCallback answer) {
    exists(path, watcher, answer, null);
  }

  @Override
  public void check(String path, AsyncCallback.MultiCallback callback) {
    multi(List.of(Op.check(path, -1)), callback, null);
  }

  /**
   * A node in a queue is made once, however often the connection breaks meanwhile; and with it the
   * folders that it is in. Curator would make them within the retries of the node, and where two
   * answers are lost there go on without it.
   */
  @Override
  public String create(
      String path,
      byte @Nullable [] data,
      List<ACL> acl,
      CreateMode mode,
      @Nullable Stat stat,
      long ttl)
      throws KeeperException, InterruptedException {
    if (mode != CreateMode.EPHEMERAL_SEQUENTIAL) {
      return super.create(path, data, acl, mode, stat, ttl);
    }
    String made = null;
    int missing = 0;
    try {
      for (int tries = 1; made == null; tries++) {
        if (tries > IMMEDIATE_TRIES) {
          Thread.sleep(PAUSE_MS); // it breaks the connection again and again
        }
        try {
          made = super.create(path, data, acl, mode, stat, ttl);
        } catch (KeeperException.ConnectionLossException
            | KeeperException.SessionMovedException e) {
          made = lost.find(this, path);
        } catch (KeeperException.NoNodeException e) {
          if (++missing > IMMEDIATE_TRIES) {
            throw e; // somebody deletes them again and again
          }
          makeFolder(path.substring(0, path.lastIndexOf('/')), acl);
        }
      }
    } catch (KeeperException.SessionExpiredException e) {
      throw new PlaceLostException();
    }
    return made;
  }

  /** Or the one above it, or nothing: whoever needs it tries again. */
  private void makeFolder(String path, List<ACL> acl) throws KeeperException, InterruptedException {
    try {
      super.create(path, new byte[0], acl, CreateMode.CONTAINER);
    } catch (KeeperException.NoNodeException e) {
      makeFolder(path.substring(0, path.lastIndexOf('/')), acl);
    } catch (KeeperException.NodeExistsException
        | KeeperException.ConnectionLossException
        | KeeperException.SessionMovedException e) {
      // Somebody was faster, or it may be there or not.
    }
  }

  @Override
  public List<String> getChildren(String path, @Nullable Watcher watcher, @Nullable Stat stat)
      throws KeeperException, InterruptedException {
    rights.awaitMayList(path);
    Optional<List<String>> known = watcher == null ? rights.known(this, path) : Optional.empty();
    return known.isPresent() ? known.get() : super.getChildren(path, watcher, stat);
  }

  @Override
  public void delete(String path, int version) throws InterruptedException, KeeperException {
    if (rights.mayDelete(path)) {
      super.delete(path, version);
    }
  }

  @Override
  public void delete(
      String path, int version, AsyncCallback.VoidCallback callback, @Nullable Object context) {
    if (rights.mayDelete(path)) {
      super.delete(path, version, callback, context);
    } else {
      callback.processResult(KeeperException.Code.OK.intValue(), path, context);
    }
  }

  /** Sends the end of the session, which deletes its nodes in one write. */
  void sendClose(AsyncCallback.VoidCallback callback) {
    RequestHeader header = new RequestHeader();
    header.setType(ZooDefs.OpCode.closeSession);
    cnxn.queuePacket(header, new ReplyHeader(), null, null, callback, null, null, null, null);
  }
}
