package org.lockex.lock.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.LockFailures;
import org.lockex.lock.session.LockThreads;
import org.lockex.znode.ContenderData;
import org.lockex.znode.Grant;
import org.lockex.znode.GrantAges;
import org.lockex.znode.LockData;
import org.lockex.znode.LockPaths;
import org.lockex.znode.QueueNames;

/**
 * Deletes grants whose lifetime is over, so that nobody waits for a lockexd that is dead or the
 * host of a hold gone: when they are surely over ({@link GrantAges}). The delete is
 * version-checked.
 *
 * <p>In a mutex's queue only the first node can be a grant. The next in line looks at it whenever
 * something changes; whoever has others between, seldom: they may be programs that do not look. A
 * semaphore has its grants among its leases, and all who wait look at those that may be some.
 */
final class ExpiredGrants implements AutoCloseable {
  /** Most locks are had sooner, and then nothing of this happens. */
  private static final Duration FIRST_LOOK = Duration.ofMillis(300);

  /** Until something changes: there is no grant. */
  private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

  /** For whom others are before, who ought to look. */
  private static final Duration FAR_BEHIND = Duration.ofMinutes(2);

  private static final Duration AFTER_A_FAULT = Duration.ofSeconds(1);

  /** Things changed while we looked. */
  private static final Duration AGAIN = Duration.ofMillis(1);

  private static final Duration OVER = Duration.ofMillis(-1);

  private final CuratorFramework curator;
  private final GrantAges ages;
  private final boolean mutex;
  private final String held;
  private final Supplier<@Nullable String> before;
  private final BlockingQueue<Boolean> wakes = new LinkedBlockingQueue<>();

  /** Leases of commands, which no grant takes the place of. */
  private final Set<String> commands = new HashSet<>();

  private volatile boolean closed;

  /**
   * The grants at a lock.
   *
   * @param paths of the lock's nodes, with the chroot
   * @param wanted with which concurrency the lock is used
   * @param before the name of the only node before ours; null while there are more, or it is not
   *     known
   * @param clock nanoseconds since the boot
   */
  ExpiredGrants(
      CuratorFramework curator,
      LockPaths paths,
      LockData wanted,
      Supplier<@Nullable String> before,
      LongSupplier clock) {
    this.curator = curator;
    this.ages = new GrantAges(clock);
    this.mutex = wanted.isMutex();
    this.before = before;
    this.held = paths.holders(wanted);
  }

  /**
   * Starts to look after them while we wait; costs nothing in the first moment.
   *
   * @param defects told what the thread died of
   */
  ExpiredGrants watch(Consumer<Throwable> defects) {
    LockThreads.start("lockex-grants", this::run, defects);
    return this;
  }

  /**
   * Looks once, for a contender that does not wait.
   *
   * @return whether a grant was over and is deleted, so that another try is worth it
   */
  boolean removeOver() throws Exception {
    boolean removed = false;
    for (String name : candidates()) {
      removed |= left(held + "/" + name).isNegative();
    }
    return removed;
  }

  /** Holders came or went: there may be a grant now. */
  void changed() {
    if (isNear()) {
      wakes.add(true);
    }
  }

  private boolean isNear() {
    return !mutex || before.get() != null;
  }

  @Override
  public void close() {
    closed = true;
    wakes.add(true);
  }

  private void run() throws InterruptedException {
    Duration next = FIRST_LOOK;
    while (!closed) {
      next = isNear() ? next : FAR_BEHIND;
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
      Duration next = FOR_EVER;
      for (String name : candidates()) {
        Duration left = left(held + "/" + name);
        next = left.compareTo(next) < 0 ? left : next;
      }
      return next.isNegative() ? AGAIN : next;
    } catch (InterruptedException e) {
      throw e;
    } catch (RuntimeException e) {
      if (LockFailures.isRefusal(e)) {
        return AFTER_A_FAULT; // The queue hears of it, too, and ends us.
      }
      throw e;
    } catch (Exception e) {
      return AFTER_A_FAULT; // ZooKeeper's, and it may be another answer next time.
    }
  }

  private List<String> candidates() throws Exception {
    String only = before.get();
    if (only != null) {
      return List.of(only);
    }
    List<String> names = children(held);
    if (!mutex) {
      commands.retainAll(names);
      names.removeAll(commands);
    }
    return mutex && names.size() > 1
        ? QueueNames.ordered(names, QueueNames.LOCK).subList(0, 1)
        : names;
  }

  private List<String> children(String path) throws Exception {
    try {
      return new ArrayList<>(curator.getChildren().forPath(path));
    } catch (KeeperException.NoNodeException e) {
      return new ArrayList<>();
    }
  }

  /** How long a grant lasts from now; negative if it was over and is deleted now. */
  private Duration left(String path) throws Exception {
    Stat stat = new Stat();
    byte[] data;
    try {
      data = curator.getData().storingStatIn(stat).forPath(path);
    } catch (KeeperException.NoNodeException e) {
      return AGAIN;
    }
    byte[] told = data == null ? new byte[0] : data;
    Optional<Grant> grant = Grant.of(told, stat);
    if (grant.isEmpty()) {
      if (ContenderData.tellsStart(told)) {
        commands.add(path.substring(path.lastIndexOf('/') + 1));
      }
      return FOR_EVER;
    }
    Duration left = ages.left(grant.get(), told, stat);
    try {
      if (!left.isPositive()) {
        curator.delete().withVersion(stat.getVersion()).forPath(path);
        return OVER;
      }
      Optional<byte[]> marked = ages.sightings().addedTo(told);
      if (marked.isPresent()) {
        curator.setData().withVersion(stat.getVersion()).forPath(path, marked.get());
      }
      return left;
    } catch (KeeperException.NoNodeException | KeeperException.BadVersionException e) {
      return AGAIN; // Somebody else was faster, or it is no longer the grant we saw.
    }
  }
}
