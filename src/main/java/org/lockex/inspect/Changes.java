package org.lockex.inspect;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.lockex.inspect.read.PlainWatches;
import org.lockex.lock.session.LockException;

/**
 * What changes at or below a node, through reconnects and new sessions: by a persistent recursive
 * watch, or by {@link PlainWatches} where the server is older than those.
 */
final class Changes implements Watcher {
  /** Stands for: anything may have changed. */
  static final String ALL = "";

  /** Stands for: nobody wants to hear of more. */
  static final String ENOUGH = "enough";

  private static final String EXPIRED = "expired";
  private static final String REDRAW = "redraw";

  private final EnsembleAccess servers;
  private final Function<LockReader, String> watched;
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private LockReader tree;

  private Changes(EnsembleAccess servers, LockReader tree, Function<LockReader, String> watched) {
    this.servers = servers;
    this.tree = tree;
    this.watched = watched;
  }

  /** Connects and watches; nothing that happens afterwards is missed. */
  static Changes of(EnsembleAccess servers, Function<LockReader, String> watched)
      throws LockException, InterruptedException {
    Changes changes = new Changes(servers, servers.connect(), watched);
    changes.watch();
    return changes;
  }

  LockReader tree() {
    return tree;
  }

  /**
   * Waits for the next changes.
   *
   * @param nanos at most this long; negative: for ever
   * @return the paths that changed, with the chroot, or {@link #ALL} or {@link #ENOUGH} among them;
   *     empty if nothing did
   */
  Set<String> await(Optional<Long> nanos) throws LockException, InterruptedException {
    String first =
        nanos.isPresent()
            ? events.poll(Math.max(0, nanos.get()), TimeUnit.NANOSECONDS)
            : events.take();
    Set<String> paths = new HashSet<>();
    if (first != null) {
      paths.add(first);
      events.drainTo(paths);
    }
    paths.remove(REDRAW);
    if (paths.remove(EXPIRED)) {
      tree = servers.connect();
      watch();
      paths.add(ALL);
    }
    return paths;
  }

  /** Lets {@link #await} return, as if its time were over. */
  void redraw() {
    events.add(REDRAW);
  }

  /** Lets {@link #await} return {@link #ENOUGH}. */
  void enough() {
    events.add(ENOUGH);
  }

  private void watch() throws LockException, InterruptedException {
    String path = watched.apply(tree);
    try {
      tree.client().addWatch(path, this, AddWatchMode.PERSISTENT_RECURSIVE);
    } catch (KeeperException.UnimplementedException e) {
      new PlainWatches(tree.client(), path, events::add, this::process).set();
    } catch (KeeperException e) {
      throw LockException.of("cannot watch", path, e);
    }
  }

  @Override
  public void process(WatchedEvent event) {
    if (event.getType() != Event.EventType.None) {
      events.add(event.getPath());
    } else if (event.getState() == Event.KeeperState.Expired) {
      events.add(EXPIRED);
    } else if (event.getState() == Event.KeeperState.SyncConnected) {
      events.add(ALL);
    }
  }

  /** The paths of a set as a list of their elements below {@code root}. */
  static List<String> below(String root, String path) {
    String prefix = root.equals("/") ? "/" : root + "/";
    return path.startsWith(prefix)
        ? List.of(path.substring(prefix.length()).split("/", -1))
        : List.of();
  }
}
