package org.lockex.lock.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.lockex.lock.session.LockThreads;
import org.lockex.znode.Grant;
import org.lockex.znode.LockData;
import org.lockex.znode.LockPaths;
import org.lockex.znode.QueueNames;

/**
 * While a contender waits, deletes grants of lockexd whose lifetime is over, so that nobody waits
 * for a lockexd that is dead. How old a grant certainly was when we saw it, the times of later
 * nodes prove; from then on our own monotonic clock counts. So a grant may last longer, but never
 * shorter than promised. The delete is version-checked.
 *
 * <p>In a mutex's queue only the first node can be a grant; it is the only one looked at. A
 * semaphore has its grants among its leases.
 */
final class ExpiredGrants implements AutoCloseable {
  /** Most locks are had sooner, and then nothing of this happens. */
  private static final Duration FIRST_LOOK = Duration.ofMillis(300);

  /** Until something changes: there is no grant. */
  private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

  private static final Duration AFTER_A_FAULT = Duration.ofSeconds(1);

  private final CuratorFramework curator;
  private final String queue;
  private final String held;
  private final BlockingQueue<Boolean> wakes = new LinkedBlockingQueue<>();

  /** When each grant had begun at the latest, on the monotonic clock. */
  private final Map<String, Long> began = new HashMap<>();

  private volatile boolean closed;

  private ExpiredGrants(CuratorFramework curator, String queue, String held) {
    this.curator = curator;
    this.queue = queue;
    this.held = held;
  }

  /**
   * Starts to look after the grants at a lock; costs nothing in the first moment.
   *
   * @param paths of the lock's nodes, with the chroot
   * @param wanted with which concurrency the lock is used
   * @param defects told what the thread died of
   */
  static ExpiredGrants watch(
      CuratorFramework curator, LockPaths paths, LockData wanted, Consumer<Throwable> defects) {
    ExpiredGrants grants = new ExpiredGrants(curator, paths.queue(wanted), paths.holders(wanted));
    LockThreads.start("lockex-grants", grants::run, defects);
    return grants;
  }

  /** Holders came or went: there may be a grant now. */
  void changed() {
    wakes.add(true);
  }

  @Override
  public void close() {
    closed = true;
    wakes.add(true);
  }

  private void run() throws InterruptedException {
    Duration next = FIRST_LOOK;
    while (!closed) {
      if (next.equals(FOR_EVER)) {
        wakes.take();
      } else {
        Boolean _ = wakes.poll(next.toNanos(), TimeUnit.NANOSECONDS);
      }
      if (closed) {
        return;
      }
      wakes.clear();
      next = look();
    }
  }

  /** How long until the next look, unless something changes before. */
  private Duration look() throws InterruptedException {
    try {
      List<String> grants = candidates();
      Optional<Stat> latest = latest();
      Duration next = FOR_EVER;
      began.keySet().retainAll(grants);
      for (String name : grants) {
        Duration left = left(held + "/" + name, name, latest);
        next = left.compareTo(next) < 0 ? left : next;
      }
      return next;
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      return AFTER_A_FAULT; // ZooKeeper's, and it may be another answer next time.
    }
  }

  private List<String> candidates() throws Exception {
    List<String> names = children(held);
    return held.equals(queue) && names.size() > 1
        ? QueueNames.ordered(names, QueueNames.LOCK).subList(0, 1)
        : names;
  }

  /** What the youngest node of the queue tells of the leader's time; ours is not older. */
  private Optional<Stat> latest() throws Exception {
    List<String> names = children(queue);
    Optional<String> last = names.stream().max((a, b) -> QueueNames.compare(a, b, QueueNames.LOCK));
    return last.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(curator.checkExists().forPath(queue + "/" + last.get()));
  }

  private List<String> children(String path) throws Exception {
    try {
      return new ArrayList<>(curator.getChildren().forPath(path));
    } catch (KeeperException.NoNodeException e) {
      return new ArrayList<>();
    }
  }

  /** How long a grant lasts; one whose time is over is deleted. */
  private Duration left(String path, String name, Optional<Stat> latest) throws Exception {
    Stat stat = new Stat();
    byte[] data;
    try {
      data = curator.getData().storingStatIn(stat).forPath(path);
    } catch (KeeperException.NoNodeException e) {
      return Duration.ofMillis(1);
    }
    Optional<Grant> grant = Grant.of(data == null ? new byte[0] : data, stat);
    if (grant.isEmpty()) {
      return FOR_EVER;
    }
    long now = System.nanoTime();
    Duration proven =
        latest
            .map(later ->
                grant.get().provenAge(later.getCzxid(), Instant.ofEpochMilli(later.getCtime())))
            .orElse(Duration.ZERO);
    long start = now - proven.toNanos();
    long known = began.merge(name, start, (one, other) -> one - other < 0 ? one : other);
    Duration left = grant.get().lifetime().minus(Duration.ofNanos(now - known));
    if (left.isPositive()) {
      return left;
    }
    try {
      curator.delete().withVersion(stat.getVersion()).forPath(path);
    } catch (KeeperException.NoNodeException | KeeperException.BadVersionException e) {
      // Somebody else was faster, or it is no longer the grant we saw.
    }
    return Duration.ofMillis(1);
  }
}
