package org.lockex.gateway.async;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

/**
 * Asks whether nodes can be created below the root, and creates none: the transaction creates the
 * same node twice, so that all of it fails. ZooKeeper looks at the rights at the first, and the
 * answer comes through the quorum like that to a write.
 */
public final class RootProbe {
  private static final String NAME = "/lockex-probe";

  private final AsyncZooKeeper zooKeeper;
  private final String root;

  /**
   * Asks nothing yet.
   *
   * @param zooKeeper where the root is
   * @param root the parent of all locks, with the chroot before it; no slash at its end
   */
  public RootProbe(AsyncZooKeeper zooKeeper, String root) {
    this.zooKeeper = zooKeeper;
    this.root = root;
  }

  /**
   * Asks; a root that is not there is made.
   *
   * @param reply hears OK, or why nothing can be created there
   */
  public void ask(Consumer<Code> reply) {
    once(code -> {
      if (code == Code.NONODE) {
        make(ancestry(), () -> once(reply));
      } else {
        reply.accept(code);
      }
    });
  }

  private void once(Consumer<Code> reply) {
    Op create = create(root + NAME, CreateMode.PERSISTENT);
    zooKeeper.multi(
        List.of(create, create),
        (code, results, zxid) -> reply.accept(code == Code.NODEEXISTS ? Code.OK : code));
  }

  private Op create(String path, CreateMode mode) {
    return Op.create(path, new byte[0], zooKeeper.acl(), mode);
  }

  private List<String> ancestry() {
    List<String> paths = new ArrayList<>();
    for (int at = root.indexOf('/', 1); at > 0; at = root.indexOf('/', at + 1)) {
      paths.add(root.substring(0, at));
    }
    paths.add(root);
    return paths;
  }

  /** One after the other; those that are there already fail. */
  private void make(List<String> paths, Runnable then) {
    if (paths.isEmpty()) {
      then.run();
    } else {
      zooKeeper.multi(
          List.of(create(paths.getFirst(), CreateMode.CONTAINER)),
          (code, results, zxid) -> make(paths.subList(1, paths.size()), then));
    }
  }
}
