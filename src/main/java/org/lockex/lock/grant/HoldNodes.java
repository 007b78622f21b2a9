package org.lockex.lock.grant;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.lockex.lock.session.ServersClock;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.Grant;
import org.lockex.znode.HoldHandle;
import org.lockex.znode.LockRoot;

/** The nodes of one hold: one, or as many as a semaphore has leases. */
final class HoldNodes {
  /**
   * One of them.
   *
   * @param path with the chroot
   * @param version of what was read
   */
  record HoldNode(String path, byte[] data, int version, Grant grant) {}

  private final ZooKeeperSession session;
  private final HoldHandle handle;
  private final String path;
  private final List<String> folders;

  HoldNodes(ZooKeeperSession session, LockRoot root, HoldHandle handle) {
    String chroot = session.settings().hosts().chroot();
    String locks = chroot + root.path();
    int slash = locks.lastIndexOf('/');
    this.session = session;
    this.handle = handle;
    this.path = chroot + handle.path();
    this.folders = List.of(slash <= 0 ? "/" : locks.substring(0, slash), locks);
  }

  ZooKeeper client() {
    return session.link();
  }

  /** Where the handle says that the hold is, with the chroot. */
  String path() {
    return path;
  }

  /** Where we may make nodes that are no contenders, best first. */
  List<String> folders() {
    return folders;
  }

  /** The servers' time. */
  ServersClock clock() throws InterruptedException {
    return ServersClock.ask(client(), folders);
  }

  /** What is there of the hold; nothing of any other, be it at the same place. */
  List<HoldNode> find() throws KeeperException, InterruptedException {
    List<HoldNode> nodes = new ArrayList<>();
    if (!handle.isOfLeases()) {
      add(nodes, path);
      return nodes;
    }
    try {
      for (String name : client().getChildren(path, false)) {
        add(nodes, path + "/" + name);
      }
    } catch (KeeperException.NoNodeException e) {
      // Nobody has a lease.
    }
    return nodes;
  }

  private void add(List<HoldNode> nodes, String node) throws KeeperException, InterruptedException {
    Stat stat = new Stat();
    byte[] data;
    try {
      data = client().getData(node, false, stat);
    } catch (KeeperException.NoNodeException e) {
      return;
    }
    Optional<Grant> grant =
        stat.getCzxid() == handle.created() && data != null
            ? Grant.of(data, stat).filter(there -> there.terms().isHold())
            : Optional.empty();
    if (grant.isPresent()) {
      nodes.add(new HoldNode(node, data, stat.getVersion(), grant.get()));
    }
  }
}
