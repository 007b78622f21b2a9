package org.lockex.lock.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/**
 * What time it is for the servers: the leader's time of a write, and the time that has passed since
 * it. No answer to a read tells a time, so whoever may not write goes by the clock of this host.
 */
public final class ServersClock {
  private final Instant then;
  private final long at = System.nanoTime();
  private final boolean ofServers;

  private ServersClock(Instant then, boolean ofServers) {
    this.then = then;
    this.ofServers = ofServers;
  }

  /**
   * Asks by a transaction that makes a node, writes it and deletes it, so that nobody ever sees it.
   * It is made in the first folder where we may.
   *
   * @param client a client that is connected
   * @param folders absolute paths, best those that nobody watches first
   * @return the clock, that of this host where the servers tell nothing
   * @throws InterruptedException if the thread was interrupted
   */
  public static ServersClock ask(ZooKeeper client, List<String> folders)
      throws InterruptedException {
    for (String folder : folders) {
      String node = (folder.equals("/") ? "" : folder) + "/lockexctl-time-" + client.getSessionId();
      try {
        // Open to all, so that whoever may create it may write it; nobody else ever meets it.
        List<OpResult> results =
            client.multi(
                List.of(
                    Op.create(node, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL),
                    Op.setData(node, new byte[0], -1),
                    Op.delete(node, -1)));
        if (results.get(1) instanceof OpResult.SetDataResult written) {
          return new ServersClock(Instant.ofEpochMilli(written.getStat().getMtime()), true);
        }
      } catch (KeeperException e) {
        // Not there, or not for us: the next folder.
      }
    }
    return new ServersClock(Instant.now(), false);
  }

  /** {@return the time now, never before the one that was told} */
  public Instant now() {
    return then.plus(Duration.ofNanos(System.nanoTime() - at));
  }

  /** {@return whether the servers told it; otherwise it is the clock of this host} */
  public boolean isOfServers() {
    return ofServers;
  }
}
