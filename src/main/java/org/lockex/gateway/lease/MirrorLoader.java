package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.ErrorResult;
import org.apache.zookeeper.OpResult.GetChildrenResult;
import org.apache.zookeeper.OpResult.GetDataResult;
import org.lockex.gateway.async.AsyncZooKeeper;
import org.lockex.gateway.async.StepSubject;
import org.lockex.znode.LockData;
import org.lockex.znode.LockFolder;
import org.lockex.znode.LockPaths;

/**
 * Reads the whole tree after a connect, because events of the time without a connection are lost.
 * The watch is set before, so that a list is what the events so far have made it, and later events
 * go on from there. A connection that is lost meanwhile leaves the mirror unfinished, and the next
 * load begins anew; what was not known of a grant's age is then still not known.
 */
final class MirrorLoader {
  private static final int AT_ONCE = 250;

  /** When to try again where ZooKeeper refuses: somebody may give us the rights. */
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private static final StepSubject LOADING = StepSubject.of("all, being loaded");

  private final LeaseContext context;
  private final GrantExpiry expiry;
  private final Runnable loaded;
  private final Queue<String> lists = new ArrayDeque<>();
  private final Queue<String> data = new ArrayDeque<>();
  private boolean watching;
  private int round;

  /** {@code loaded} runs, in a step, when the mirror is complete. */
  MirrorLoader(LeaseContext context, GrantExpiry expiry, Runnable loaded) {
    this.context = context;
    this.expiry = expiry;
    this.loaded = loaded;
  }

  /** Begins anew; a load that goes on is forgotten. */
  void load(boolean fresh) {
    int now = ++round;
    LockMirror mirror = context.mirror();
    mirror.clear();
    lists.clear();
    data.clear();
    lists.add(mirror.rootPath());
    data.add(mirror.rootPath());
    context.tokens().reload();
    data.add(context.tokens().path());
    if (fresh) {
      watching = false;
    }
    // What was on its way when the connection went has then happened, or never will.
    context
        .zooKeeper()
        .sync(mirror.rootPath(), code -> context.run(LOADING, () -> synced(now, code)));
  }

  /** Why there is no mirror is kept for who asks, and the next load tries again. */
  private void refused(int now, Code why) {
    if (now == round && !AsyncZooKeeper.lost(why)) {
      round++;
      context.refused(why);
      int after = round;
      var _ =
          context.after(
              AGAIN,
              LOADING.lock(),
              () -> {
                if (after == round) {
                  load(false);
                }
              });
    }
  }

  private void synced(int now, Code code) {
    if (code != Code.OK) {
      refused(now, code);
    } else if (now != round) {
      return;
    } else if (watching) {
      next(now);
    } else {
      // Not only in a new session: the connection may have gone before the watch was set.
      context
          .zooKeeper()
          .watch(
              context.mirror().rootPath(),
              result -> context.run(LOADING, () -> watched(now, result)));
    }
  }

  private void watched(int now, Code code) {
    if (code != Code.OK) {
      refused(now, code);
    } else if (now == round) {
      context
          .zooKeeper()
          .watch(
              context.tokens().path(),
              result ->
                  context.run(
                      LOADING,
                      () -> {
                        if (result != Code.OK) {
                          refused(now, result);
                        } else if (now == round) {
                          watching = true;
                          next(now);
                        }
                      }));
    }
  }

  /** Lists first, then data. */
  private void next(int now) {
    if (now != round) {
      return;
    }
    List<String> paths = new ArrayList<>();
    boolean listing = !lists.isEmpty();
    Queue<String> queue = listing ? lists : data;
    while (!queue.isEmpty() && paths.size() < AT_ONCE) {
      paths.add(queue.remove());
    }
    if (paths.isEmpty()) {
      finish(now);
      return;
    }
    List<Op> ops =
        paths.stream().map(path -> listing ? Op.getChildren(path) : Op.getData(path)).toList();
    context
        .zooKeeper()
        .read(
            ops,
            (code, results, zxid) ->
                context.run(
                    LOADING,
                    () -> {
                      if (results == null) {
                        refused(now, code);
                      } else if (now == round) {
                        for (int i = 0; i < paths.size(); i++) {
                          found(paths.get(i), results.get(i));
                        }
                        next(now);
                      }
                    }));
  }

  private void found(String path, OpResult result) {
    if (path.equals(context.tokens().path())) {
      context.tokens().is(result);
      return;
    }
    LockPaths.Place place = context.mirror().place(path);
    if (place.part() == LockPaths.Part.ROOT
        && result instanceof ErrorResult error
        && error.getErr() != Code.NONODE.intValue()) {
      refused(round, Code.get(error.getErr()));
      return;
    }
    if (result instanceof GetChildrenResult children) {
      list(path, place, children.getChildren());
    } else if (result instanceof GetDataResult read) {
      byte[] bytes = read.getData() == null ? new byte[0] : read.getData();
      switch (place.part()) {
        case ROOT -> {}
        case LOCK ->
            context
                .mirror()
                .lock(place.id())
                .says(LockData.read(bytes), read.getStat().getVersion());
        default ->
            context.mirror().node(path).ifPresent(node -> context.mirror().describe(node, read));
      }
    } else if (place.part() == LockPaths.Part.LOCK) {
      // It may not be read, unless it has gone meanwhile.
      context
          .mirror()
          .known(place.id())
          .filter(MirroredLock::isUnread)
          .ifPresent(lock -> lock.says(new LockData.Reading.Strange(), 0));
    }
  }

  private void list(String path, LockPaths.Place place, List<String> names) {
    switch (place.part()) {
      case ROOT ->
          names.forEach(name -> {
            lists.add(context.mirror().path(name));
            data.add(context.mirror().path(name));
          });
      case LOCK -> {
        MirroredLock lock = context.mirror().lock(place.id());
        LockFolder folder = LockFolder.of(names);
        lock.appeared();
        lock.folders(folder.hasLocks(), folder.hasLeases());
        if (folder.hasLocks()) {
          lists.add(lock.paths().locks());
        }
        if (folder.hasLeases()) {
          lists.add(lock.paths().leases());
        }
        folder.queue().forEach(name -> contender(lock, path + "/" + name));
        folder.strangers().forEach(name -> contender(lock, path + "/" + name));
      }
      case LOCKS, LEASES ->
          names.forEach(name -> contender(context.mirror().lock(place.id()), path + "/" + name));
      default -> {}
    }
  }

  private void contender(MirroredLock lock, String path) {
    lock.put(new MirroredNode(lock.id(), path));
    data.add(path);
  }

  /** What is read because of events of the meantime belongs to the mirror, too. */
  private void finish(int now) {
    context
        .reader()
        .whenRead(
            LOADING,
            read -> {
              if (read && now == round) {
                complete();
              }
            });
  }

  private void complete() {
    context
        .mirror()
        .locks()
        .flatMap(MirroredLock::contenders)
        .filter(MirroredNode::isGrant)
        .forEach(expiry::seen);
    context.mirror().complete();
    loaded.run();
  }
}
