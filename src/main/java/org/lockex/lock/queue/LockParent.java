package org.lockex.lock.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.LockException;

/**
 * The parent node of a lock. Its data tells with which concurrency the lock is in use, because a
 * mutex and a semaphore on one path do not exclude each other.
 *
 * <p>The data of a node never changes while it has children: another concurrency is taken by
 * deleting the node and creating it anew in one transaction, which ZooKeeper refuses while anyone
 * holds or waits. So a contender whose own node exists and who then reads its own concurrency from
 * the parent knows that all others there have to agree; one who reads another goes back and asks
 * again. Of several who replace the node at once the last one gets its way.
 */
record LockParent(CuratorFramework curator, String path, String name, int concurrency) {
  /** The parents of InterProcessSemaphoreV2's nodes. */
  static final String LEASES = "leases";

  static final String LOCKS = "locks";

  private static final String PREFIX = "{\"format\":1,\"mode\":\"";
  private static final String MUTEX_NODE = "lock-";

  /** Whose children hold the lock; those of a mutex also wait there. */
  String parentOfHolders() {
    return concurrency == 1 ? path : path + "/" + LEASES;
  }

  byte[] wanted() {
    return (PREFIX
            + (concurrency == 1 ? "mutex" : "semaphore")
            + "\",\"concurrency\":"
            + concurrency
            + "}")
        .getBytes(UTF_8);
  }

  /** Makes the node ours, if need be, before the own node is created. */
  void prepare() throws Exception {
    while (true) {
      Stat stat = new Stat();
      byte[] data;
      try {
        data = curator.getData().storingStatIn(stat).forPath(path);
      } catch (KeeperException.NoNodeException e) {
        create();
        continue;
      }
      if (settle(data, stat)) {
        return;
      }
    }
  }

  /** Whether the data tells our concurrency. */
  boolean matches(byte[] data) {
    return Arrays.equals(data, wanted());
  }

  /**
   * Makes foreign data ours.
   *
   * @return whether the data is settled; if not, it must be read again
   * @throws LockException OTHER_CONCURRENCY
   */
  boolean settle(byte[] data, Stat stat) throws Exception {
    if (matches(data)) {
      return true;
    }
    String other = concurrencyOf(data);
    if (other != null) {
      return replace(stat, other);
    }
    if (otherKindIsThere()) {
      throw refused(concurrency == 1 ? "as a semaphore" : "as a mutex");
    }
    if (data.length > 0) {
      return true; // Another program's data stays.
    }
    try {
      curator.setData().withVersion(stat.getVersion()).forPath(path, wanted());
    } catch (KeeperException.BadVersionException | KeeperException.NoNodeException e) {
      // Somebody was faster; what they wrote is read next.
    }
    return false;
  }

  private void create() throws Exception {
    try {
      curator
          .create()
          .creatingParentContainersIfNeeded()
          .withMode(CreateMode.CONTAINER)
          .forPath(path, wanted());
    } catch (KeeperException.NodeExistsException e) {
      // Somebody was faster; what they wrote is read next.
    }
  }

  private boolean replace(Stat stat, String other) throws Exception {
    List<CuratorOp> ops = new ArrayList<>();
    try {
      for (String child : curator.getChildren().forPath(path)) {
        if (child.equals(LEASES) || child.equals(LOCKS)) {
          ops.add(curator.transactionOp().delete().forPath(path + "/" + child));
        }
      }
      ops.add(curator.transactionOp().delete().withVersion(stat.getVersion()).forPath(path));
      ops.add(
          curator.transactionOp().create().withMode(CreateMode.CONTAINER).forPath(path, wanted()));
      curator.transaction().forOperations(ops);
    } catch (KeeperException.NotEmptyException e) {
      throw refused("with concurrency " + other);
    } catch (KeeperException.NoNodeException
        | KeeperException.BadVersionException
        | KeeperException.NodeExistsException e) {
      // Things changed meanwhile; they are read next.
    }
    return false;
  }

  private boolean otherKindIsThere() throws Exception {
    for (String child : children(path)) {
      boolean other =
          concurrency == 1
              ? (child.equals(LEASES) || child.equals(LOCKS))
                  && !children(path + "/" + child).isEmpty()
              : child.contains(MUTEX_NODE);
      if (other) {
        return true;
      }
    }
    return false;
  }

  private List<String> children(String parent) throws Exception {
    try {
      return curator.getChildren().forPath(parent);
    } catch (KeeperException.NoNodeException e) {
      return List.of();
    }
  }

  LockException refused(String how) {
    return new LockException(
        LockException.Kind.OTHER_CONCURRENCY,
        "cannot use concurrency " + concurrency,
        name,
        "the lock is in use " + how);
  }

  /** The concurrency that our kind of data tells; null if it is none of ours. */
  static @Nullable String concurrencyOf(byte[] data) {
    String text = new String(data, UTF_8);
    String key = "\",\"concurrency\":";
    int at = text.indexOf(key);
    if (!text.startsWith(PREFIX) || at < 0 || !text.endsWith("}")) {
      return null;
    }
    return text.substring(at + key.length(), text.length() - 1);
  }
}
