package org.lockex.inspect.read;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * What changes at or below a node, by watches on each node, for a server that has no recursive ones
 * (before ZooKeeper 3.6). A watch tells one change; it is set anew before the change is told, so
 * that whoever then reads misses none.
 */
public final class PlainWatches implements Watcher {
  private final ZooKeeper client;
  private final String top;
  private final Consumer<String> changed;
  private final Consumer<WatchedEvent> session;
  private final Set<String> watched = ConcurrentHashMap.newKeySet();
  private final AtomicInteger underWay = new AtomicInteger(1);
  private final CountDownLatch set = new CountDownLatch(1);

  /**
   * Watches nothing yet.
   *
   * @param client watches
   * @param top the node
   * @param changed told the path of a node that changed
   * @param session told of the connection
   */
  public PlainWatches(
      ZooKeeper client, String top, Consumer<String> changed, Consumer<WatchedEvent> session) {
    this.client = client;
    this.top = top;
    this.changed = changed;
    this.session = session;
  }

  /**
   * Returns when everything that is there is watched.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public void set() throws InterruptedException {
    watch(top, false);
    answered();
    set.await();
  }

  private void answered() {
    if (underWay.decrementAndGet() == 0) {
      set.countDown();
    }
  }

  private void watch(String path, boolean tell) {
    watched.add(path);
    underWay.incrementAndGet();
    client.exists(
        path,
        this,
        (rc, p, context, stat) -> {
          if (rc == Code.CONNECTIONLOSS.intValue()) {
            watch(path, tell);
          } else if (rc == Code.OK.intValue() && mayHaveChildren(stat)) {
            watchChildren(path, tell);
          } else {
            told(path, tell);
          }
          answered();
        },
        null);
  }

  /** ZooKeeper marks containers by an owner that is no session. */
  private static boolean mayHaveChildren(Stat stat) {
    return stat.getEphemeralOwner() <= 0;
  }

  private void watchChildren(String path, boolean tell) {
    underWay.incrementAndGet();
    client.getChildren(
        path,
        this,
        (rc, p, context, names) -> {
          if (rc == Code.CONNECTIONLOSS.intValue()) {
            watchChildren(path, tell);
          } else {
            if (names != null) {
              for (String name : names) {
                String child = (path.equals("/") ? "" : path) + "/" + name;
                if (!watched.contains(child)) {
                  watch(child, tell);
                }
              }
            }
            told(path, tell);
          }
          answered();
        },
        null);
  }

  private void told(String path, boolean tell) {
    if (tell) {
      changed.accept(path);
    }
  }

  @Override
  public void process(WatchedEvent event) {
    String path = event.getPath();
    switch (event.getType()) {
      case None -> session.accept(event);
      case NodeChildrenChanged -> watchChildren(path, true);
      case NodeDeleted -> {
        watched.remove(path);
        if (path.equals(top)) {
          watch(path, true);
        } else {
          changed.accept(path);
        }
      }
      default -> watch(path, true);
    }
  }
}
