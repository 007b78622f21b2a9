package org.lockex.lock.queue;

import java.util.Optional;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.lockex.lock.session.ZooKeeperSession;

/**
 * What a waiter on a terminal shows. It is read only when asked for, and only if a watch told of a
 * change: the caller sets the pace, so that a long queue of waiters on terminals is no storm.
 */
public final class QueueView implements Watcher {
  private final ZooKeeperSession session;
  private final LockRequest request;
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
    this.session = session;
    this.request = request;
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
    var _ =
        new QueueReading(session, request, this)
            .withPlace()
            .whenComplete((now, failed) -> {
              if (failed == null) {
                show(now);
              } else {
                again();
              }
            });
  }

  private synchronized void show(QueuePosition now) {
    standing = Optional.of(now);
  }

  private synchronized void again() {
    stale = true;
  }

  @Override
  public void process(WatchedEvent event) {
    again();
  }
}
