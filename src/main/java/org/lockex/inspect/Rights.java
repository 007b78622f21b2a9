package org.lockex.inspect;

import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.lockex.lock.session.LockException;
import org.lockex.security.NodeAcl;

/**
 * What we may do on the lock path.
 *
 * @param nearest the lock path or, where it does not exist, its nearest parent that does
 * @param exists whether the lock path exists
 * @param missing the first right that is missing: read, create, delete, or read what we make
 */
record Rights(String nearest, boolean exists, Optional<String> missing) {

  static Rights of(LockReader tree, NodeAcl acl) throws LockException, InterruptedException {
    ZooKeeper client = tree.client();
    String path = tree.path();
    try {
      String nearest = path;
      while (client.exists(nearest, false) == null) {
        int slash = nearest.lastIndexOf('/');
        nearest = slash <= 0 ? "/" : nearest.substring(0, slash);
      }
      return new Rights(nearest, nearest.equals(path), missing(client, nearest, acl));
    } catch (KeeperException e) {
      throw LockException.of("cannot look", path, e);
    }
  }

  private static Optional<String> missing(ZooKeeper client, String parent, NodeAcl acl)
      throws KeeperException, InterruptedException {
    try {
      client.getChildren(parent, false);
    } catch (KeeperException.NoAuthException e) {
      return Optional.of("read");
    }
    String path = (parent.equals("/") ? "" : parent) + "/lockexctl-ping-" + client.getSessionId();
    try {
      // A rehearsal: the last operation always fails, so that the others never happen.
      client.multi(
          List.of(
              Op.create(path, new byte[0], acl.entries(), CreateMode.EPHEMERAL),
              Op.check(path, -1),
              Op.delete(path, -1),
              Op.check("/", Integer.MAX_VALUE)));
      return Optional.empty();
    } catch (KeeperException e) {
      List<OpResult> results = e.getResults();
      if (results == null) {
        throw e;
      }
      return refused(results.get(0))
          ? Optional.of("create")
          : refused(results.get(1))
              ? Optional.of("read what we make (--zk-acl)")
              : refused(results.get(2)) ? Optional.of("delete") : Optional.empty();
    }
  }

  private static boolean refused(OpResult result) {
    return result instanceof OpResult.ErrorResult error && error.getErr() == Code.NOAUTH.intValue();
  }
}
