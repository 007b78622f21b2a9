package org.lockex.lock.queue;

import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.SessionClient;
import org.lockex.znode.ContenderData;

/**
 * Hears that the only one before us is gone, as soon as our server knows. Curator hears it too, but
 * lists the whole queue before it believes it.
 *
 * <p>After a lost connection it hears nothing more; then Curator's way is the only one.
 */
final class HandOver implements Watcher, AsyncCallback.DataCallback {

  /** Called on the client's event thread, after all that was asked before is answered. */
  interface Listener {
    /** Our turn may come from now on; called again whenever the node before ours changes. */
    void prepare();

    /** Nobody is before us. */
    void turn();
  }

  private final SessionClient link;
  private final String before;
  private final Listener listener;

  /** Once the node is deleted, none of this name will be. On the event thread only. */
  private boolean endsForGood;

  /**
   * Prepares to listen.
   *
   * @param before the node before ours
   */
  HandOver(SessionClient link, String before, Listener listener) {
    this.link = link;
    this.before = before;
    this.listener = listener;
  }

  void await() {
    link.getData(before, this, this, null);
  }

  @Override
  public void process(WatchedEvent event) {
    if (event.getType() == Event.EventType.NodeDeleted && endsForGood) {
      listener.turn();
    } else if (event.getType() != Event.EventType.None) {
      await();
    }
  }

  @Override
  public void processResult(
      int rc, String path, @Nullable Object context, byte @Nullable [] data, @Nullable Stat stat) {
    if (rc == Code.OK.intValue() && data != null) {
      // lockexd replaces its own nodes by grants of the same name; those of commands nobody does.
      endsForGood = ContenderData.tellsStart(data);
      listener.prepare();
    } else if (rc == Code.NONODE.intValue()) {
      listener.prepare();
      listener.turn();
    }
  }
}
