package org.lockex.lock.hold;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.lockex.lock.lease.Lease;
import org.lockex.znode.BreakRequest;
import org.lockex.znode.LockId;
import org.lockex.znode.OtherMake;

/**
 * A lock that is ours; it ends with its session.
 *
 * @param id the lock's name
 * @param path the lock's node, below the chroot, for example {@code /lockex/backup}
 * @param ownPath our own node in the queue, with the chroot
 * @param czxid of our own node. For a mutex it only ever grows from holder to holder; for a
 *     semaphore it is unique
 * @param tokenBase what makes the fencing token of it
 * @param sessionId the id of the session that owns it, as ZooKeeper prints it
 * @param lease how long it is ours
 * @param publisher writes the own node's data
 * @param breaks watches the own node for requests to end
 * @param others watches the lock's node for contenders of another make
 */
public record HeldLock(
    LockId id,
    String path,
    String ownPath,
    long czxid,
    long tokenBase,
    String sessionId,
    Lease lease,
    Publisher publisher,
    Breaks breaks,
    Others others) {

  /** {@return the fencing token} */
  public long token() {
    return czxid + tokenBase;
  }

  /**
   * Publishes when the command started; returns at once and never fails.
   *
   * @param acquired when, by this host's clock
   * @param maxRun how long it may run; empty: for ever
   */
  public void publishAcquired(Instant acquired, Optional<Duration> maxRun) {
    publisher.publish(acquired, maxRun);
  }

  /**
   * Hears when somebody asks the holder to end; returns at once and never fails.
   *
   * @param listener called at most once, on a thread that it must not block
   */
  public void listenForBreak(Consumer<BreakRequest> listener) {
    breaks.listen(listener);
  }

  /**
   * Hears of contenders of another make that come to the lock, and run beside us; returns at once
   * and never fails.
   *
   * @param listener told once of each, on a thread that it must not block
   */
  public void listenForOtherMakes(Consumer<OtherMake> listener) {
    others.listen(listener);
  }

  /** Watches the lock's node. */
  @FunctionalInterface
  public interface Others {
    /**
     * Hears of each.
     *
     * @param listener told on a thread that it must not block
     */
    void listen(Consumer<OtherMake> listener);
  }

  /** Watches the own node. */
  @FunctionalInterface
  public interface Breaks {
    /**
     * Hears of the first request.
     *
     * @param listener told once, on a thread that it must not block
     */
    void listen(Consumer<BreakRequest> listener);
  }

  /** Writes to the own node. */
  @FunctionalInterface
  public interface Publisher {
    /**
     * Writes when the command started; returns at once.
     *
     * @param acquired when, by this host's clock
     * @param maxRun how long it may run; empty: for ever
     */
    void publish(Instant acquired, Optional<Duration> maxRun);
  }
}
