package org.lockex.lock.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.SessionClient;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.ContenderData;
import org.lockex.znode.Grant;
import org.lockex.znode.LockPaths;
import org.lockex.znode.QueueNames;

/**
 * What a waiter on a terminal shows. It is read only when asked for, and only if a watch told of a
 * change: the caller sets the pace, so that a long queue of waiters on terminals is no storm.
 */
public final class QueueView implements Watcher {
  private final ZooKeeperSession session;
  private final String queue;
  private final String holders;
  private final String base;
  private final boolean mutex;
  // Guarded by this:
  private boolean stale = true;
  private Optional<QueuePosition> standing = Optional.empty();

  /**
   * The view of one waiter; nothing is read yet.
   *
   * @param session the waiter's
   * @param request which lock it waits for
   */
  public QueueView(ZooKeeperSession session, LockRequest request) {
    LockPaths paths = new LockPaths(session.serverPath(request.root(), request.id()));
    this.session = session;
    this.mutex = request.wanted().isMutex();
    this.queue = paths.queue(request.wanted());
    this.holders = paths.holders(request.wanted());
    this.base = mutex ? QueueNames.LOCK : QueueNames.LEASE;
  }

  /**
   * What was read last.
   *
   * @return empty before the first answer
   */
  public synchronized Optional<QueuePosition> standing() {
    return standing;
  }

  /** Reads again if there is something new; returns at once and never fails. */
  public void refresh() {
    synchronized (this) {
      if (!stale) {
        return;
      }
      stale = false;
    }
    SessionClient link = session.link();
    link.getEphemerals(
        queue,
        (rc, _, mine) -> {
          if (rc == Code.OK.intValue()) {
            place(link, mine);
          } else {
            again();
          }
        },
        null);
  }

  /**
   * Asks who holds the lock, and waits for the answer; no place is told.
   *
   * @param patience how long at most
   * @return empty if there was none in that time, or the lock changed under the question
   */
  public Optional<QueuePosition> ask(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      stale = false;
      standing = Optional.empty();
    }
    place(session.link(), List.of());
    synchronized (this) {
      try {
        while (standing.isEmpty() && !stale && System.nanoTime() < end) {
          TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime() + 999_999);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return standing;
    }
  }

  private void place(SessionClient link, List<String> mine) {
    link.getChildren(
        queue,
        this,
        (rc, _, _, names) -> {
          if (rc != Code.OK.intValue()) {
            again();
            return;
          }
          List<String> sorted = QueueNames.sorted(names, QueueNames.LOCK);
          int index = -1;
          for (String own : mine) {
            index = Math.max(index, sorted.indexOf(own.substring(own.lastIndexOf('/') + 1)));
          }
          int place = mutex ? Math.max(0, index) : index + 1;
          int waiting = mutex ? Math.max(0, sorted.size() - 1) : sorted.size();
          if (mutex) {
            holder(link, place, waiting, sorted);
          } else {
            leases(link, place, waiting);
          }
        },
        null);
  }

  private void leases(SessionClient link, int place, int waiting) {
    link.getChildren(
        holders,
        this,
        (rc, _, _, names) ->
            holder(
                link,
                place,
                waiting,
                rc == Code.OK.intValue() ? QueueNames.sorted(names, base) : List.of()),
        null);
  }

  private void holder(SessionClient link, int place, int waiting, List<String> names) {
    if (names.isEmpty()) {
      show(QueuePosition.unheld(place, waiting));
      return;
    }
    link.getData(
        holders + "/" + names.getFirst(),
        this,
        (rc, _, _, data, stat) -> {
          if (rc == Code.OK.intValue() && stat.getEphemeralOwner() == link.getSessionId()) {
            show(QueuePosition.unheld(place, waiting));
          } else if (rc == Code.OK.intValue()) {
            show(standing(place, waiting, data, stat));
          } else {
            again();
          }
        },
        null);
  }

  private static QueuePosition standing(int place, int waiting, byte @Nullable [] data, Stat stat) {
    ContenderData told = ContenderData.read(data == null ? new byte[0] : data);
    Instant since = told.acquired().orElse(Instant.ofEpochMilli(stat.getCtime()));
    return new QueuePosition(
        place, waiting, told.who(), Optional.of(since), Grant.of(told.hold(), stat));
  }

  private synchronized void show(QueuePosition now) {
    standing = Optional.of(now);
    notifyAll();
  }

  private synchronized void again() {
    stale = true;
    notifyAll();
  }

  @Override
  public void process(WatchedEvent event) {
    again();
  }
}
