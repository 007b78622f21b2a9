package org.lockex.lock;

import java.time.Instant;

/** A lock that is ours; it ends with its session. */
public final class HeldLock {
  private HeldLock() {}

  /** The lock's name. */
  public LockId id() {
    throw new UnsupportedOperationException();
  }

  /** The lock's node, below the chroot, for example {@code /lockex/backup}. */
  public String path() {
    throw new UnsupportedOperationException();
  }

  /** Our own node in the queue. */
  public String ownPath() {
    throw new UnsupportedOperationException();
  }

  /**
   * The fencing token: the czxid of our own node. For a mutex it only ever grows from holder to
   * holder; for a semaphore it is unique.
   */
  public long token() {
    throw new UnsupportedOperationException();
  }

  /** The id of the session that owns it, as ZooKeeper prints it. */
  public String sessionId() {
    throw new UnsupportedOperationException();
  }

  /** How long it is ours. */
  public Lease lease() {
    throw new UnsupportedOperationException();
  }

  /** Publishes when the command started; returns at once and never fails. */
  public void publishAcquired(Instant acquired) {
    throw new UnsupportedOperationException();
  }
}
