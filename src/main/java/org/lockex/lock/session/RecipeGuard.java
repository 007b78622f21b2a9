package org.lockex.lock.session;

/**
 * Says what Curator's recipe may still do with a session's client once the lock came by another
 * way. It deletes its node whenever it fails, and that node is the holder's then; and it lists the
 * queue to find out that its turn has come, which nobody needs to know any more.
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
}
