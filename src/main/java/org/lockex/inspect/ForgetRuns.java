package org.lockex.inspect;

import org.apache.zookeeper.KeeperException;
import org.lockex.cli.Stderr;
import org.lockex.lock.session.LockException;
import org.lockex.znode.LockId;

/** {@code lockexctl forget}: deletes what {@code --once-per} remembers. */
final class ForgetRuns {
  private ForgetRuns() {}

  static int run(LockReader tree, Stderr stderr, LockId id)
      throws LockException, InterruptedException {
    String path = tree.runPath(id);
    try {
      tree.client().delete(path, -1);
      return 0;
    } catch (KeeperException.NoNodeException e) {
      return stderr.fail(
          Task.NOT_THERE, "forget on lock " + tree.root().pathOf(id) + ": no run is remembered");
    } catch (KeeperException e) {
      throw LockException.of("cannot delete", path, e);
    }
  }
}
