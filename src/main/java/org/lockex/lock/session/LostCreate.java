package org.lockex.lock.session;

import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * What became of a node in a queue whose creation was not answered. Curator looks for it, too, but
 * only once: its retries count as done from then on (RetryLoop, which a nested call shares), and
 * where the next answer is lost as well, it goes on without a node.
 */
final class LostCreate {
  private final SyncedLink synced;

  LostCreate(SyncedLink synced) {
    this.synced = synced;
  }

  /**
   * Looks for the node, behind all that was done on any connection before; waits for one however
   * long.
   *
   * @param path as it was to be created, without its number; no other node has a name like it
   * @return the node; null if it was not made
   * @throws KeeperException if the session has ended, or the servers refuse us
   */
  @Nullable String find(SessionClient client, String path)
      throws KeeperException, InterruptedException {
    while (true) {
      if (!synced.await()) {
        park(); // The session is ended by us: nobody waits for this thread.
      }
      try {
        return among(client, path);
      } catch (KeeperException.ConnectionLossException e) {
        // Then by the next connection.
      } catch (KeeperException.NoNodeException e) {
        return null;
      }
    }
  }

  private static @Nullable String among(SessionClient client, String path)
      throws KeeperException, InterruptedException {
    int slash = path.lastIndexOf('/');
    String folder = path.substring(0, slash);
    for (String name : client.getChildren(folder, false)) {
      if (name.startsWith(path.substring(slash + 1))) {
        Stat stat = client.exists(folder + "/" + name, false);
        // After a reconnect it could be another session's (CURATOR-604).
        if (stat != null && stat.getEphemeralOwner() == client.getSessionId()) {
          return folder + "/" + name;
        }
      }
    }
    return null;
  }

  private static void park() {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
  }
}
