package org.lockex.inspect;

import java.time.Duration;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.lockex.ExitCode;
import org.lockex.lock.session.LockException;
import org.lockex.znode.Grant;
import org.lockex.znode.GrantAges;
import org.lockex.znode.LockId;

/**
 * {@code lockexctl wait}: returns when somebody who came now would get the lock at once. Like a
 * waiting lockex it removes grants and holds that are over, for which nobody else may care.
 */
final class AwaitFree {
  private static final Duration OVER = Duration.ZERO;

  /** Who may only read leaves it to others, of whom he hears. */
  private static final Duration FOR_OTHERS = Duration.ofDays(10_000);

  private final EnsembleAccess servers;
  private final LockId id;
  private final GrantAges ages;

  AwaitFree(EnsembleAccess servers, LockId id) {
    this.servers = servers;
    this.id = id;
    this.ages = new GrantAges(servers.clock());
  }

  int run(Optional<Duration> timeout) throws LockException, InterruptedException {
    Changes changes = Changes.of(servers, tree -> tree.path(id));
    long start = System.nanoTime();
    while (true) {
      LockState lock = changes.tree().read(id);
      if (lock.isFree()) {
        return 0;
      }
      Optional<Duration> next = grants(changes.tree().client(), lock);
      if (next.filter(OVER::equals).isPresent()) {
        continue;
      }
      Optional<Duration> left = timeout.map(most -> most.minusNanos(System.nanoTime() - start));
      if (left.isPresent() && !left.get().isPositive()) {
        return ExitCode.BUSY.code();
      }
      Optional<Duration> first =
          left.isPresent() && next.isPresent()
              ? left.filter(mine -> mine.compareTo(next.get()) < 0).or(() -> next)
              : left.or(() -> next);
      changes.await(first.map(AwaitFree::nanos));
    }
  }

  /** Until the next grant ends; zero if one was removed, or has changed. */
  private Optional<Duration> grants(ZooKeeper client, LockState lock) throws InterruptedException {
    Optional<Duration> next = Optional.empty();
    for (Participant holder : lock.holders()) {
      if (holder.isGrant()) {
        Duration left = left(client, holder.path());
        next = next.filter(other -> other.compareTo(left) < 0).or(() -> Optional.of(left));
      }
    }
    return next;
  }

  private Duration left(ZooKeeper client, String path) throws InterruptedException {
    try {
      Stat stat = new Stat();
      byte[] data = client.getData(path, false, stat);
      Optional<Grant> grant = data == null ? Optional.empty() : Grant.of(data, stat);
      if (grant.isEmpty()) {
        return OVER;
      }
      Duration left = ages.left(grant.get(), data, stat);
      if (!left.isPositive()) {
        client.delete(path, stat.getVersion());
        return OVER;
      }
      Optional<byte[]> marked = ages.sightings().addedTo(data);
      if (marked.isPresent()) {
        client.setData(path, marked.get(), stat.getVersion());
      }
      return left;
    } catch (KeeperException.NoNodeException | KeeperException.BadVersionException e) {
      return OVER;
    } catch (KeeperException e) {
      return FOR_OTHERS; // A new connection is heard of, and then all is read again.
    }
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(FOR_OTHERS) < 0 ? duration.toNanos() : FOR_OTHERS.toNanos();
  }
}
