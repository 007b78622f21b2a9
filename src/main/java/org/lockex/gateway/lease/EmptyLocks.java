package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.zookeeper.Op;
import org.lockex.gateway.async.StepSubject;
import org.lockex.gateway.async.TransactionQueue;

/**
 * Removes the node of a lock that a release or an end of ours left without anybody, when nobody has
 * come for a minute. ZooKeeper would do it itself, but no more than 10,000 a minute, which is fewer
 * than clients can make that take each name once.
 *
 * <p>ZooKeeper refuses to delete a node that has children, so nobody loses a place. Who is about to
 * queue there finds no node, and makes it anew; but a lockex 1.0 does not where it has just looked,
 * so what is in use now and then is left alone for that minute.
 */
final class EmptyLocks {
  /** How long a lock's node stays although nobody is there. */
  static final Duration KEPT = Duration.ofMinutes(1);

  private static final String ALL = "all, empty ones";

  /** So many are removed at once: those who want a lock are not to wait behind them. */
  private static final int AT_ONCE = 64;

  private static final Duration PAUSE = Duration.ofMillis(10);

  private record Emptied(String id, long at) {}

  private final LeaseContext context;

  /** In the order in which they will be due. */
  private final Queue<Emptied> queue = new ArrayDeque<>();

  /** When each was last seen becoming empty; what the queue says besides is out of date. */
  private final Map<String, Long> latest = new HashMap<>();

  EmptyLocks(LeaseContext context) {
    this.context = context;
  }

  /** One contender less, by a delete of ours. */
  void left(MirroredLock lock) {
    if (lock.busy() || !lock.knowledge().exists()) {
      return;
    }
    long now = context.now();
    latest.put(lock.id(), now);
    queue.add(new Emptied(lock.id(), now));
    if (queue.size() == 1) {
      look(KEPT);
    }
  }

  private void look(Duration later) {
    var _ = context.after(later, ALL, this::remove);
  }

  private void remove() {
    for (int removed = 0; removed < AT_ONCE && !queue.isEmpty(); ) {
      Emptied first = queue.element();
      Duration left = KEPT.minusNanos(context.now() - first.at());
      if (left.isPositive()) {
        look(left);
        return;
      }
      queue.remove();
      if (latest.remove(first.id(), first.at())) {
        removed += context.mirror().known(first.id()).map(this::remove).orElse(0);
      }
    }
    if (!queue.isEmpty()) {
      look(PAUSE);
    }
  }

  /** Removes it if it is still empty; how many requests that takes. */
  private int remove(MirroredLock lock) {
    boolean unused =
        context.connected() && !lock.busy() && lock.isForgettable() && !lock.inFlight().isJoining();
    if (!unused || !(lock.knowledge() instanceof LockKnowledge.Found(var _, int version))) {
      return 0;
    }
    List<Op> ops = new ArrayList<>();
    LockContainers.remove(lock, version, ops);
    context
        .transactions()
        .submit(
            new TransactionQueue.Work(
                StepSubject.of(lock.id()),
                ops,
                "",
                // What it comes to is told by events; where it was refused somebody has come.
                (code, results, zxid) -> {}));
    return 1;
  }
}
