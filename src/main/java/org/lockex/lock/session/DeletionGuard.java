package org.lockex.lock.session;

/**
 * Says which nodes a session's client may delete. Curator deletes its node whenever its recipe
 * fails; where the lock came by another way meanwhile, that node is the holder's.
 */
public interface DeletionGuard {
  /**
   * The client is about to ask for a deletion, on any thread.
   *
   * @param path the node, with the chroot
   * @return false: it is left, and the caller is told that it is deleted
   */
  boolean mayDelete(String path);
}
