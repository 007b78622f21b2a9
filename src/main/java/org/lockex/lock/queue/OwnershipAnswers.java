package org.lockex.lock.queue;

import java.util.Optional;
import org.lockex.znode.LockFolder;

/**
 * What ZooKeeper answered to an {@link OwnershipInquiry}.
 *
 * @param own the own node; empty if it does not exist
 * @param lock the lock's own node; empty if it does not exist
 * @param folder what the children of the lock's node are
 * @param leases how many leases of a semaphore exist; asked only for a mutex
 * @param tokenBase what makes the fencing token of the own node's czxid
 */
record OwnershipAnswers(
    Optional<OwnNode> own,
    Optional<LockNodeRead> lock,
    LockFolder folder,
    int leases,
    long tokenBase) {

  /**
   * The own node.
   *
   * @param session the id of the session that owns it
   * @param czxid of its creation, of which the fencing token is made
   */
  record OwnNode(long session, long czxid) {}
}
