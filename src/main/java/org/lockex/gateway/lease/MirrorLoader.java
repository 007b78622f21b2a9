package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.GetChildrenResult;
import org.apache.zookeeper.OpResult.GetDataResult;
import org.apache.zookeeper.OpResult.SetDataResult;
import org.apache.zookeeper.data.Stat;

/**
 * Reads the whole tree after a connect, because events of the time without a connection are lost.
 * The watch is set before, so that a list is what the events so far have made it, and later events
 * go on from there.
 */
final class MirrorLoader {
  private static final int AT_ONCE = 250;

  private final LeaseContext engine;
  private final GrantExpiry expiry;
  private final Runnable loaded;
  private final Map<String, MirroredNode> before = new HashMap<>();
  private final Queue<String> lists = new ArrayDeque<>();
  private final Queue<String> data = new ArrayDeque<>();
  private byte[] rootData = new byte[0];
  private int round;

  /** {@code loaded} runs, in a turn, when the tree is complete. */
  MirrorLoader(LeaseContext engine, GrantExpiry expiry, Runnable loaded) {
    this.engine = engine;
    this.expiry = expiry;
    this.loaded = loaded;
  }

  /** Begins anew; a load that goes on is forgotten. */
  void load(boolean fresh) {
    int now = ++round;
    LockMirror tree = engine.tree();
    tree.locks()
        .flatMap(MirroredLock::contenders)
        .filter(MirroredNode::grant)
        .forEach(node -> before.put(node.path, node));
    tree.locks().flatMap(MirroredLock::contenders).forEach(MirroredNode::disarm);
    tree.clear();
    lists.clear();
    data.clear();
    lists.add(tree.root());
    data.add(tree.root());
    if (fresh) {
      engine.link().watch(tree.root(), code -> engine.turn().take(() -> watched(now, code)));
    } else {
      next(now);
    }
  }

  private void watched(int now, Code code) {
    if (code == Code.OK) {
      next(now);
    }
  }

  /** Lists first, then data, then whatever the grants found need. */
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
      age(now);
      return;
    }
    List<Op> ops =
        paths.stream().map(path -> listing ? Op.getChildren(path) : Op.getData(path)).toList();
    engine
        .link()
        .read(
            ops,
            (code, results, zxid) ->
                engine
                    .turn()
                    .take(() -> {
                      if (now == round && results != null) {
                        for (int i = 0; i < paths.size(); i++) {
                          found(paths.get(i), results.get(i));
                        }
                        next(now);
                      }
                    }));
  }

  private void found(String path, OpResult result) {
    LockMirror.Place place = engine.tree().place(path);
    if (result instanceof GetChildrenResult children) {
      list(path, place, children.getChildren());
    } else if (result instanceof GetDataResult read) {
      Optional<MirroredNode> node = engine.tree().node(path);
      byte[] bytes = read.getData();
      if (place.part() == LockMirror.Part.ROOT) {
        rootData = bytes == null ? new byte[0] : bytes;
      } else if (place.part() == LockMirror.Part.LOCK) {
        lock(engine.tree().lock(place.id()), read);
      } else {
        node.ifPresent(known -> describe(known, read));
      }
    } else if (place.part() == LockMirror.Part.CONTENDER) {
      engine.tree().node(path).ifPresent(node -> node.read = true);
    }
  }

  private static void lock(MirroredLock lock, GetDataResult read) {
    byte[] bytes = read.getData();
    lock.exists = true;
    lock.loaded = true;
    lock.shapeKnown = true;
    lock.shape = Shape.parse(bytes == null ? new byte[0] : bytes);
    lock.foreign = bytes != null && bytes.length > 0 && lock.shape.isEmpty();
    lock.version = read.getStat().getVersion();
  }

  /** Takes over what a contender's node says. */
  static void describe(MirroredNode node, GetDataResult read) {
    byte[] bytes = read.getData();
    node.note = Note.parse(bytes == null ? new byte[0] : bytes);
    node.stat = read.getStat();
    node.read = true;
  }

  private void list(String path, LockMirror.Place place, List<String> names) {
    switch (place.part()) {
      case ROOT -> names.forEach(name -> queue(path + "/" + name));
      case LOCK -> {
        MirroredLock lock = engine.tree().lock(place.id());
        lock.exists = true;
        lock.mutexQueue.clear();
        for (String name : names) {
          switch (name) {
            case MirroredLock.LOCKS -> {
              lock.hasLocks = true;
              lists.add(path + "/" + name);
            }
            case MirroredLock.LEASES -> {
              lock.hasLeases = true;
              lists.add(path + "/" + name);
            }
            default -> contender(lock, path + "/" + name);
          }
        }
      }
      case LOCKS -> {
        MirroredLock lock = engine.tree().lock(place.id());
        lock.semaphoreQueue.clear();
        names.forEach(name -> contender(lock, path + "/" + name));
      }
      case LEASES -> {
        MirroredLock lock = engine.tree().lock(place.id());
        lock.leases.clear();
        names.forEach(name -> contender(lock, path + "/" + name));
      }
      default -> {}
    }
  }

  private void queue(String lock) {
    lists.add(lock);
    data.add(lock);
  }

  private void contender(MirroredLock lock, String path) {
    lock.put(new MirroredNode(lock, path));
    data.add(path);
  }

  /** Learns the leader's time by writing what is there anyway, if a grant is new to us. */
  private void age(int now) {
    List<MirroredNode> grants =
        engine
            .tree()
            .locks()
            .flatMap(MirroredLock::contenders)
            .filter(MirroredNode::grant)
            .toList();
    boolean allKnown = grants.stream().allMatch(this::goOn);
    if (allKnown) {
      finish();
      return;
    }
    engine
        .transactions()
        .submitAlone(
            new TransactionQueue.Work(
                List.of(Op.setData(engine.tree().root(), rootData, -1)),
                "",
                (code, results, zxid) -> {
                  if (now == round) {
                    Optional<Stat> mark =
                        results != null && results.get(0) instanceof SetDataResult set
                            ? Optional.of(set.getStat())
                            : Optional.empty();
                    grants.forEach(node -> count(node, mark));
                    finish();
                  }
                }));
  }

  private boolean goOn(MirroredNode node) {
    MirroredNode known = before.get(node.path);
    if (known != null) {
      node.expiresAt = known.expiresAt;
      expiry.goOn(node);
    }
    return known != null;
  }

  private void count(MirroredNode node, Optional<Stat> mark) {
    Stat stat = node.stat;
    if (!before.containsKey(node.path) && stat != null) {
      expiry.seen(
          node,
          mark.map(m -> GrantExpiry.age(stat, m.getMzxid(), m.getMtime())).orElse(Duration.ZERO));
    }
  }

  private void finish() {
    before.clear();
    loaded.run();
  }
}
