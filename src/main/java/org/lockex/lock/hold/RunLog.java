package org.lockex.lock.hold;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.LockFailures;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.Contender;
import org.lockex.znode.LockRoot;
import org.lockex.znode.RunOrigin;
import org.lockex.znode.RunRecord;

/**
 * The record of a lock's runs: one persistent node, {@code <lock path>-runs/<id>}. It lies beside
 * the locks and not among them, because a lock's node is a container that the server removes when
 * nobody holds or waits, and because recipes count a lock's children. Its parent is a container,
 * too, so that nothing is left when the last record is forgotten.
 *
 * <p>All methods are called by the holder of the lock alone.
 */
public final class RunLog {
  private final ZooKeeperSession session;
  private final HeldLock lock;
  private final RunOrigin origin;
  private final String path;

  private RunLog(ZooKeeperSession session, HeldLock lock, RunOrigin origin, String path) {
    this.session = session;
    this.lock = lock;
    this.origin = origin;
    this.path = path;
  }

  /**
   * The record of a lock that is held.
   *
   * @param session that holds the lock
   * @param root the parent of all locks
   * @param lock what is held
   * @param origin where the run would be
   * @return its record, not read yet
   */
  public static RunLog of(
      ZooKeeperSession session, LockRoot root, HeldLock lock, RunOrigin origin) {
    return new RunLog(
        session, lock, origin, session.settings().hosts().chroot() + root.runPathOf(lock.id()));
  }

  /** Whether a run may start. */
  public sealed interface RunVerdict {}

  /**
   * It may; this is the instant from which it counts.
   *
   * @param start the ZooKeeper leader's time after the lock was had
   */
  public record Due(Instant start) implements RunVerdict {}

  /**
   * It may not, because one has counted within the period.
   *
   * @param last the record
   * @param ago how long before now the run that counts started
   */
  public record NotDue(RunRecord last, Duration ago) implements RunVerdict {}

  /**
   * Asks whether a run may start. <em>Now</em> is the time of a write of our own, made after the
   * lock was had, so that no host's clock matters. Waits as long as ZooKeeper is away.
   *
   * @param period how long a run that counts keeps others from running
   * @param attempt the run counts from now on, whatever becomes of it
   * @return whether it may start
   * @throws LockException NOT_AUTHORISED, INTERNAL
   * @throws InterruptedException if the thread was interrupted
   */
  public RunVerdict begin(Duration period, boolean attempt)
      throws LockException, InterruptedException {
    try {
      while (true) {
        try {
          return tryBegin(period, attempt);
        } catch (KeeperException.BadVersionException
            | KeeperException.NoNodeException
            | KeeperException.NodeExistsException e) {
          // Forgotten meanwhile, or our own write was repeated after a reconnect: look again.
        }
      }
    } catch (Exception e) {
      throw failed(e);
    }
  }

  /**
   * Records the end of the run that {@link #begin} allowed. Waits as long as ZooKeeper is away;
   * call it before the lock is released.
   *
   * @param due what {@link #begin} answered
   * @param exit the exit code of the command, 0 to 255
   * @param took how long it ran
   * @throws LockException NOT_AUTHORISED, INTERNAL
   * @throws InterruptedException if the thread was interrupted
   */
  public void end(Due due, int exit, Duration took) throws LockException, InterruptedException {
    try {
      while (true) {
        try {
          Stat stat = new Stat();
          RunRecord before = read(stat);
          RunRecord after =
              before.ended(due.start(), exit, took, contender(), origin, lock.czxid());
          write(after, stat);
          return;
        } catch (KeeperException.BadVersionException
            | KeeperException.NoNodeException
            | KeeperException.NodeExistsException e) {
          // As above.
        }
      }
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private RunVerdict tryBegin(Duration period, boolean attempt) throws Exception {
    Stat stat = new Stat();
    RunRecord last = read(stat);
    stat = write(last.asked(), stat);
    Instant now = Instant.ofEpochMilli(stat.getMtime());
    boolean ours = attempt && last.token() == lock.czxid() && last.counted().isPresent();
    if (ours) {
      // Written already, before a connection broke.
      return new Due(last.counted().orElseThrow());
    }
    Optional<Duration> ago = last.counted().map(at -> Duration.between(at, now));
    if (ago.isPresent() && ago.get().compareTo(period) < 0) {
      return new NotDue(last, ago.get());
    }
    if (attempt) {
      write(last.asked().begun(now, true, contender(), origin, lock.czxid()), stat);
    }
    return new Due(now);
  }

  private Contender contender() {
    return session.settings().contender();
  }

  /** An absent node has version -1 here, which no node has. */
  private RunRecord read(Stat stat) throws Exception {
    try {
      byte[] data = curator().getData().storingStatIn(stat).forPath(path);
      return data.length == 0
          ? RunRecord.NONE
          : RunRecord.read(data)
              .orElseThrow(() ->
                  new LockException(
                      LockException.Kind.INTERNAL,
                      "cannot use the record of runs",
                      path,
                      "another program's data is there"));
    } catch (KeeperException.NoNodeException e) {
      stat.setVersion(-1);
      return RunRecord.NONE;
    }
  }

  private Stat write(RunRecord record, Stat before) throws Exception {
    if (before.getVersion() >= 0) {
      return curator().setData().withVersion(before.getVersion()).forPath(path, record.bytes());
    }
    Stat created = new Stat();
    curator()
        .create()
        .storingStatIn(created)
        .creatingParentContainersIfNeeded()
        .withMode(CreateMode.PERSISTENT)
        .forPath(path, record.bytes());
    return created;
  }

  private CuratorFramework curator() {
    return session.curator();
  }

  private LockException failed(Exception e) throws InterruptedException {
    return LockFailures.of(e, path);
  }
}
