package org.lockex.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** What a test sees of a server with a client of its own. */
final class ZooKeeperTree implements AutoCloseable {
  private final ZooKeeper zooKeeper;

  ZooKeeperTree(String hosts) {
    CountDownLatch connected = new CountDownLatch(1);
    try {
      zooKeeper =
          new ZooKeeper(
              hosts,
              30_000,
              event -> {
                if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                  connected.countDown();
                }
              });
      connected.await();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  ZooKeeper client() {
    return zooKeeper;
  }

  /**
   * The nodes of contenders below a lock, mutex or semaphore, in no order; containers are not
   * counted.
   */
  List<String> contenders(String lock) {
    List<String> found = new ArrayList<>();
    collect(lock, found);
    return found;
  }

  private void collect(String path, List<String> found) {
    try {
      for (String child : zooKeeper.getChildren(path, false)) {
        String below = path + "/" + child;
        Stat stat = zooKeeper.exists(below, false);
        if (stat != null
            && stat.getEphemeralOwner() != 0
            && !isContainer(stat.getEphemeralOwner())) {
          found.add(below);
        }
        collect(below, found);
      }
    } catch (KeeperException.NoNodeException e) {
      // Gone meanwhile, or never there.
    } catch (KeeperException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** EphemeralType.CONTAINER marks container nodes by this owner. */
  private static boolean isContainer(long owner) {
    return owner == Long.MIN_VALUE;
  }

  void create(String path) {
    try {
      zooKeeper.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    } catch (KeeperException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  void delete(String path) {
    try {
      zooKeeper.delete(path, -1);
    } catch (KeeperException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    try {
      zooKeeper.close();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
