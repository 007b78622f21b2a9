package org.lockex.gateway.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;

/** The nodes that queues are in: a lock's own node and, for a semaphore, the two below it. */
final class LockContainers {
  private final LeaseContext engine;

  LockContainers(LeaseContext engine) {
    this.engine = engine;
  }

  /**
   * What has to be written so that {@code lock} has this shape; nothing if it has it already.
   *
   * @return whether the lock's own node is created
   */
  boolean make(MirroredLock lock, Shape shape, List<Op> ops) {
    boolean other = lock.shape.isPresent() && !lock.shape.get().equals(shape);
    boolean creates = !lock.exists || other;
    if (lock.exists && other) {
      remove(lock, ops);
    }
    if (creates) {
      ops.add(container(lock.path, shape.json()));
    } else if (lock.shape.isEmpty() && !lock.foreign) {
      ops.add(Op.setData(lock.path, shape.json(), lock.version));
    }
    if (!shape.mutex()) {
      if (creates || !lock.hasLocks) {
        ops.add(container(lock.path + "/" + MirroredLock.LOCKS, new byte[0]));
      }
      if (creates || !lock.hasLeases) {
        ops.add(container(lock.path + "/" + MirroredLock.LEASES, new byte[0]));
      }
    }
    return creates;
  }

  /**
   * Another size is taken by making the node anew, which ZooKeeper refuses while anyone is there.
   */
  private static void remove(MirroredLock lock, List<Op> ops) {
    if (lock.hasLocks) {
      ops.add(Op.delete(lock.path + "/" + MirroredLock.LOCKS, -1));
    }
    if (lock.hasLeases) {
      ops.add(Op.delete(lock.path + "/" + MirroredLock.LEASES, -1));
    }
    ops.add(Op.delete(lock.path, lock.version));
  }

  Op container(String path, byte[] data) {
    return Op.create(path, data, engine.link().acl(), CreateMode.CONTAINER);
  }

  /** What the transaction that created the lock's node, or changed it, has told. */
  void know(MirroredLock lock, Shape shape, List<OpResult> results) {
    lock.exists = true;
    lock.loaded = true;
    lock.shape = Optional.of(shape);
    lock.shapeKnown = true;
    lock.version = 0;
    for (OpResult result : results) {
      if (result instanceof OpResult.SetDataResult set) {
        lock.version = set.getStat().getVersion();
      }
    }
    if (!shape.mutex()) {
      lock.hasLocks = true;
      lock.hasLeases = true;
    }
    known(lock);
  }

  /** Continues with what had to wait for the lock's data. */
  void known(MirroredLock lock) {
    List<Runnable> ready = List.copyOf(lock.whenKnown);
    lock.whenKnown.clear();
    ready.forEach(Runnable::run);
  }

  /** Creates what is missing, one after the other. */
  void ensure(MirroredLock lock, Shape shape, Runnable then) {
    ensure(paths(lock, shape), then);
  }

  private static List<String> paths(MirroredLock lock, Shape shape) {
    List<String> paths = new ArrayList<>();
    for (int at = lock.path.indexOf('/', 1); at > 0; at = lock.path.indexOf('/', at + 1)) {
      paths.add(lock.path.substring(0, at));
    }
    paths.add(lock.path);
    if (!shape.mutex()) {
      paths.add(lock.path + "/" + MirroredLock.LOCKS);
      paths.add(lock.path + "/" + MirroredLock.LEASES);
    }
    return paths;
  }

  private void ensure(List<String> paths, Runnable then) {
    if (paths.isEmpty()) {
      then.run();
      return;
    }
    engine
        .transactions()
        .submitAlone(
            new TransactionQueue.Work(
                List.of(container(paths.get(0), new byte[0])),
                "",
                (code, results, zxid) -> ensure(paths.subList(1, paths.size()), then)));
  }

  /** Reads the lock's own data. */
  void look(MirroredLock lock, Runnable then) {
    lock.shapeKnown = false;
    engine
        .notes()
        .read(
            lock.path,
            (path, data) -> {
              lock.exists = data.isPresent();
              lock.shapeKnown = true;
              data.ifPresent(found -> {
                byte[] bytes = found.getData();
                lock.shape = Shape.parse(bytes == null ? new byte[0] : bytes);
                lock.foreign = bytes != null && bytes.length > 0 && lock.shape.isEmpty();
                lock.version = found.getStat().getVersion();
              });
              then.run();
              known(lock);
            });
  }
}
