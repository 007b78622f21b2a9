package org.lockex.lock.hold;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.SessionClient;
import org.lockex.znode.BreakRequest;

/** Hears when somebody writes a {@link BreakRequest} into a holder's node; tells one, once. */
public final class BreakWatch implements Watcher, AsyncCallback.DataCallback {
  private final SessionClient link;
  private final String path;
  private final Consumer<BreakRequest> listener;
  private boolean told;

  /**
   * Prepares to watch.
   *
   * @param link the client of the holder's session
   * @param path the holder's node, with the chroot
   * @param listener told once, on the client's event thread
   */
  public BreakWatch(SessionClient link, String path, Consumer<BreakRequest> listener) {
    this.link = link;
    this.path = path;
    this.listener = listener;
  }

  /** Sends the read that leaves the watch; what is asked already is told by its answer. */
  public void start() {
    link.getData(path, this, this, null);
  }

  @Override
  public void process(WatchedEvent event) {
    if (event.getType() == Event.EventType.NodeDataChanged) {
      start();
    }
  }

  /** On the client's event thread, like all its callbacks. */
  @Override
  public void processResult(
      int rc, String path, @Nullable Object context, byte @Nullable [] data, @Nullable Stat stat) {
    if (rc == Code.CONNECTIONLOSS.intValue()) {
      // The session may live on; the request waits in the client for the next connection.
      start();
    } else if (rc == Code.OK.intValue() && data != null && !told) {
      Optional<BreakRequest> request = BreakRequest.in(data);
      told = request.isPresent();
      request.ifPresent(listener);
    }
  }
}
