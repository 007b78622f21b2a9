package org.lockex.lock.queue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.SessionClient;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.ContenderData;
import org.lockex.znode.Grant;
import org.lockex.znode.LockPaths;
import org.lockex.znode.QueueNames;

/** Reads once who holds a lock and how many wait for it; nobody waits for the answers here. */
final class QueueReading {
  private final SessionClient link;
  private final @Nullable Watcher watcher;
  private final boolean mutex;
  private final String queue;
  private final String holders;
  private final String base;
  private final CompletableFuture<QueuePosition> answer = new CompletableFuture<>();

  /**
   * Nothing is asked yet.
   *
   * @param session by which to ask
   * @param request about which lock
   * @param watcher told of the next change of what is read; null if none is to be told
   */
  QueueReading(ZooKeeperSession session, LockRequest request, @Nullable Watcher watcher) {
    LockPaths paths = new LockPaths(session.serverPath(request.root(), request.id()));
    this.link = session.link();
    this.watcher = watcher;
    this.mutex = request.wanted().isMutex();
    this.queue = paths.queue(request.wanted());
    this.holders = paths.holders(request.wanted());
    this.base = mutex ? QueueNames.LOCK : QueueNames.LEASE;
  }

  /**
   * Asks for the lock and for our own place in its queue.
   *
   * @return fails with a {@link KeeperException}, {@link HolderGone} if it changed meanwhile
   */
  CompletableFuture<QueuePosition> withPlace() {
    link.getEphemerals(
        queue,
        (rc, _, mine) -> {
          if (answered(rc, queue)) {
            list(mine);
          }
        },
        null);
    return answer;
  }

  /**
   * Asks for the lock only.
   *
   * @return no place is told; fails as above
   */
  CompletableFuture<QueuePosition> withoutPlace() {
    list(List.of());
    return answer;
  }

  private void list(List<String> mine) {
    link.getChildren(
        queue,
        watcher,
        (rc, _, _, names) -> {
          if (!answered(rc, queue)) {
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
            holder(place, waiting, sorted);
          } else {
            leases(place, waiting);
          }
        },
        null);
  }

  private void leases(int place, int waiting) {
    link.getChildren(
        holders,
        watcher,
        (rc, _, _, names) ->
            holder(
                place,
                waiting,
                rc == Code.OK.intValue() ? QueueNames.sorted(names, base) : List.of()),
        null);
  }

  private void holder(int place, int waiting, List<String> names) {
    if (names.isEmpty()) {
      answer.complete(QueuePosition.unheld(place, waiting));
      return;
    }
    String first = holders + "/" + names.getFirst();
    link.getData(
        first,
        watcher,
        (rc, _, _, data, stat) -> {
          if (rc == Code.NONODE.intValue()) {
            answer.completeExceptionally(new HolderGone(first));
          } else if (answered(rc, first)) {
            answer.complete(
                stat.getEphemeralOwner() == link.getSessionId()
                    ? QueuePosition.unheld(place, waiting)
                    : held(place, waiting, data, stat));
          }
        },
        null);
  }

  private static QueuePosition held(int place, int waiting, byte @Nullable [] data, Stat stat) {
    ContenderData told = ContenderData.read(data == null ? new byte[0] : data);
    Instant since = told.acquired().orElse(Instant.ofEpochMilli(stat.getCtime()));
    return new QueuePosition(
        place, waiting, told.who(), Optional.of(since), Grant.of(told.hold(), stat));
  }

  private boolean answered(int rc, String path) {
    if (rc == Code.OK.intValue()) {
      return true;
    }
    answer.completeExceptionally(KeeperException.create(Code.get(rc), path));
    return false;
  }

  /** Who was first in the queue left before its node was read. */
  static final class HolderGone extends KeeperException.NoNodeException {
    private static final long serialVersionUID = 1;

    private HolderGone(String path) {
      super(path);
    }
  }
}
