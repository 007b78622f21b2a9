package org.lockex.lock;

import java.time.Instant;

/**
 * A lock that is ours; it ends with its session.
 *
 * @param id the lock's name
 * @param path the lock's node, below the chroot, for example {@code /lockex/backup}
 * @param ownPath our own node in the queue, with the chroot
 * @param token the fencing token: the czxid of our own node. For a mutex it only ever grows from
 *     holder to holder; for a semaphore it is unique.
 * @param sessionId the id of the session that owns it, as ZooKeeper prints it
 * @param lease how long it is ours
 * @param publisher writes the own node's data
 */
public record HeldLock(
    LockId id,
    String path,
    String ownPath,
    long token,
    String sessionId,
    Lease lease,
    Publisher publisher) {

  /** Publishes when the command started; returns at once and never fails. */
  public void publishAcquired(Instant acquired) {
    publisher.publish(acquired);
  }

  /** Writes to the own node. */
  @FunctionalInterface
  interface Publisher {
    void publish(Instant acquired);
  }
}
