package org.lockex.lock.session;

import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;

/**
 * Says what Curator's recipe may still do with a session's client once the lock came by another
 * way. It deletes its node whenever it fails, and that node is the holder's then; and it lists the
 * queue to find out that its turn has come, which nobody needs to know any more; and again and
 * again before, where less tells it as much.
 */
public interface RecipeGuard {
  /**
   * The client is about to ask for a deletion, on any thread.
   *
   * @param path the node, with the chroot
   * @return false: it is left, and the caller is told that it is deleted
   */
  boolean mayDelete(String path);

  /**
   * A thread that waits for answers is about to list a node's children.
   *
   * @param path the node, with the chroot
   * @return false: the thread is stopped for good
   */
  boolean mayList(String path);

  /**
   * The children that the calling thread is about to list, if it needs not all of them.
   *
   * @param client by which it lists
   * @param path the node, with the chroot
   * @return their names; empty if the node is to be listed
   * @throws KeeperException as a list may fail
   * @throws InterruptedException if the thread was interrupted
   */
  Optional<List<String>> known(SessionClient client, String path)
      throws KeeperException, InterruptedException;
}
