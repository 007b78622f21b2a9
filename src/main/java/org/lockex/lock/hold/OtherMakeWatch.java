package org.lockex.lock.hold;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.SessionClient;
import org.lockex.znode.LockFolder;
import org.lockex.znode.OtherMake;

/**
 * Notices contenders of another make that come to the lock while it is held: they cannot be kept
 * out, but they can be told of. Looks at most twice a minute, because each waiter that comes or
 * goes changes the folder too. Names that this client has no room for break the connection, which
 * is the lock's own: after a look that ended so the next one comes later and later, up to an hour.
 */
public final class OtherMakeWatch
    implements Runnable, Watcher, AsyncCallback.StatCallback, AsyncCallback.ChildrenCallback {
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(30);
  private static final long LONGEST_PAUSE = TimeUnit.HOURS.toNanos(1);

  private final SessionClient client;
  private final String folder;
  private final LongSupplier clock;
  private final Consumer<OtherMake> listener;
  private final Set<String> told = new HashSet<>();
  private volatile boolean changed = true;
  private volatile long nextLook = Long.MIN_VALUE;

  /** The last pause before a look, on the client's event thread. */
  private long pause = PAUSE;

  /**
   * Nothing is asked yet.
   *
   * @param client of the holder's session
   * @param folder the lock's node, with the chroot
   * @param clock in nanoseconds
   * @param listener told once of each, on the client's event thread
   */
  public OtherMakeWatch(
      SessionClient client, String folder, LongSupplier clock, Consumer<OtherMake> listener) {
    this.client = client;
    this.folder = folder;
    this.clock = clock;
    this.listener = listener;
  }

  /** Looks, if there is something to see; to be called again and again, by one at a time. */
  @Override
  public void run() {
    long now = clock.getAsLong();
    if (changed && now >= nextLook) {
      changed = false;
      nextLook = now + PAUSE;
      client.exists(folder, false, this, null);
    }
  }

  @Override
  public void processResult(int rc, String path, @Nullable Object context, @Nullable Stat stat) {
    if (rc != Code.OK.intValue() || stat == null) {
      changed = true;
    } else if (stat.getNumChildren() <= LockFolder.MOST_NAMES) {
      client.getChildren(folder, this, this, null);
    } else {
      changed = true; // Names that nobody has room for are not worth the lock.
    }
  }

  @Override
  public void process(WatchedEvent event) {
    if (event.getType() == Event.EventType.NodeChildrenChanged) {
      changed = true;
    }
  }

  @Override
  public void processResult(
      int rc, String path, @Nullable Object context, @Nullable List<String> children) {
    if (rc == Code.CONNECTIONLOSS.intValue()) {
      pause = Math.min(2 * pause, LONGEST_PAUSE);
      nextLook = clock.getAsLong() + pause;
    }
    if (rc != Code.OK.intValue() || children == null) {
      changed = true;
      return;
    }
    pause = PAUSE;
    for (String stranger : LockFolder.of(children).strangers()) {
      OtherMake.among(List.of(stranger))
          .filter(other -> told.add(other.node()))
          .ifPresent(listener);
    }
  }
}
