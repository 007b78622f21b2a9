package org.lockex.gateway.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.lockex.gateway.async.AsyncZooKeeper;
import org.lockex.gateway.async.StepSubject;
import org.lockex.gateway.async.TransactionQueue;
import org.lockex.znode.LockData;
import org.lockex.znode.LockFolder;
import org.lockex.znode.QueueNames;
import org.lockex.znode.SequenceNumbers;

/** The nodes that queues are in: a lock's own node and, for a semaphore, the two below it. */
final class LockContainers {
  /** A longer queue is counted first. */
  private static final int LISTED_AT_ONCE = 100;

  private final LeaseContext context;

  LockContainers(LeaseContext context) {
    this.context = context;
  }

  /**
   * What has to be written so that {@code lock} is this; nothing if it is already.
   *
   * @return whether the lock's own node is created
   */
  boolean make(MirroredLock lock, LockData wanted, List<Op> ops) {
    LockKnowledge known = lock.knowledge();
    boolean anew =
        lock.nearTheEnd() || known.data().filter(data -> !data.equals(wanted)).isPresent();
    boolean creates = !known.exists() || anew;
    if (anew && known instanceof LockKnowledge.Found found) {
      remove(lock, found.version(), ops);
    }
    if (creates) {
      ops.add(container(lock.path(), wanted.bytes()));
    } else if (known instanceof LockKnowledge.Found(LockData.Reading.Empty(), int version)) {
      ops.add(Op.setData(lock.path(), wanted.bytes(), version));
    }
    if (!wanted.isMutex()) {
      if (creates || !lock.hasLocks()) {
        ops.add(container(lock.paths().locks(), new byte[0]));
      }
      if (creates || !lock.hasLeases()) {
        ops.add(container(lock.paths().leases(), new byte[0]));
      }
    }
    return creates;
  }

  /**
   * Another size is taken by making the node anew, and so is a new count of the queue's numbers;
   * ZooKeeper refuses it while anyone is there.
   */
  static void remove(MirroredLock lock, int version, List<Op> ops) {
    if (lock.hasLocks()) {
      ops.add(Op.delete(lock.paths().locks(), -1));
    }
    if (lock.hasLeases()) {
      ops.add(Op.delete(lock.paths().leases(), -1));
    }
    ops.add(Op.delete(lock.path(), version));
  }

  /** Creates a node that goes by itself when it is empty. */
  Op container(String path, byte[] data) {
    return Op.create(path, data, context.zooKeeper().acl(), CreateMode.CONTAINER);
  }

  /** What the transaction that created the lock's node, or changed it, has told. */
  void made(MirroredLock lock, LockData data, List<OpResult> results) {
    int version = 0;
    for (OpResult result : results) {
      if (result instanceof OpResult.SetDataResult set) {
        version = set.getStat().getVersion();
      }
    }
    lock.says(new LockData.Reading.Known(data), version);
    if (!data.isMutex()) {
      lock.folders(true, true);
    }
    goOn(lock);
  }

  /** Does {@code then}, which is about {@code subject}, when the lock's data has been read. */
  void whenRead(StepSubject subject, MirroredLock lock, Runnable then) {
    lock.whenRead(() -> context.guard(subject, then));
  }

  /** Continues with what had to wait for the lock's data. */
  private static void goOn(MirroredLock lock) {
    lock.takeWhenRead().forEach(Runnable::run);
  }

  /** Creates what is missing, one after the other; {@code then} belongs to {@code request}. */
  void ensure(PendingLease request, MirroredLock lock, Runnable then) {
    ensure(context.subject(request), paths(lock, request.shape()), then);
  }

  private static List<String> paths(MirroredLock lock, LockData data) {
    List<String> paths = new ArrayList<>();
    for (int at = lock.path().indexOf('/', 1); at > 0; at = lock.path().indexOf('/', at + 1)) {
      paths.add(lock.path().substring(0, at));
    }
    paths.add(lock.path());
    if (!data.isMutex()) {
      paths.add(lock.paths().locks());
      paths.add(lock.paths().leases());
    }
    return paths;
  }

  private void ensure(StepSubject subject, List<String> paths, Runnable then) {
    if (paths.isEmpty()) {
      then.run();
      return;
    }
    context
        .transactions()
        .submitAlone(
            new TransactionQueue.Work(
                subject,
                List.of(container(paths.getFirst(), new byte[0])),
                "",
                (code, results, zxid) -> ensure(subject, paths.subList(1, paths.size()), then)));
  }

  /** Reads the lock's own data, then does what waits for it, {@code then} first. */
  void look(StepSubject subject, MirroredLock lock, Runnable then) {
    lock.appeared();
    whenRead(subject, lock, then);
    context
        .reader()
        .read(
            subject,
            lock.path(),
            data -> {
              if (data.isPresent()) {
                byte[] bytes = data.get().getData();
                lock.says(
                    LockData.read(bytes == null ? new byte[0] : bytes),
                    data.get().getStat().getVersion());
              } else {
                lock.vanished();
              }
              goOn(lock);
            });
  }

  /**
   * Looks whether the lock of a grant is somebody's of whom nobody told us; lists who is there
   * where that can be. Numbers are those of creations, so whoever has the first one is the first.
   *
   * @param then hears true if so; nothing if the connection goes, when everybody is listed anew
   */
  void lookForUntold(
      PendingLease pending, MirroredLock lock, MirroredNode node, Consumer<Boolean> then) {
    if (knowsAll(lock, pending.shape(), node)) {
      then.accept(false);
      return;
    }
    String folder = folder(node);
    Consumer<OpResult> listed =
        result ->
            then.accept(
                !(result instanceof OpResult.GetChildrenResult list)
                    || isUntold(lock, pending.shape(), node, list.getChildren()));
    if (pending.shape().isMutex() && lock.mutexQueue().size() > LISTED_AT_ONCE) {
      ask(
          pending,
          Op.getData(folder),
          result -> {
            if (result instanceof OpResult.GetDataResult read
                && read.getStat().getNumChildren() <= children(lock)) {
              then.accept(false);
            } else {
              ask(pending, Op.getChildren(folder), listed);
            }
          });
    } else {
      ask(pending, Op.getChildren(folder), listed);
    }
  }

  private void ask(PendingLease pending, Op op, Consumer<OpResult> then) {
    context
        .zooKeeper()
        .read(
            List.of(op),
            (code, results, zxid) ->
                context.run(
                    pending,
                    () -> {
                      if (results != null) {
                        then.accept(results.getFirst());
                      } else if (!AsyncZooKeeper.lost(code)) {
                        then.accept(new OpResult.ErrorResult(code.intValue()));
                      }
                    }));
  }

  /**
   * Whether nobody can be before {@code node} of whom we are not told; of the lock's own end we are
   * if we read it.
   */
  static boolean knowsAll(MirroredLock lock, LockData wanted, MirroredNode node) {
    return lock.data().isPresent()
        // A load may show a lease that somebody untold had before ours.
        && (wanted.isMutex() || lock.leases().size() <= wanted.concurrency())
        && lock.told(wanted).isAllBefore(SequenceNumbers.of(node.name()));
  }

  /** How many children its node has as far as we are told. */
  private static int children(MirroredLock lock) {
    return lock.mutexQueue().size()
        + lock.strangers().size()
        + (lock.hasLocks() ? 1 : 0)
        + (lock.hasLeases() ? 1 : 0);
  }

  private static String folder(MirroredNode node) {
    return node.path().substring(0, node.path().length() - node.name().length() - 1);
  }

  private static boolean isUntold(
      MirroredLock lock, LockData wanted, MirroredNode node, List<String> names) {
    List<String> strangers = LockFolder.of(names).strangers();
    List<String> queue =
        wanted.isMutex()
            ? QueueNames.sorted(names, QueueNames.LOCK)
            : QueueNames.ordered(names, QueueNames.LEASE);
    boolean untold =
        !queue.subList(0, Math.min(wanted.concurrency(), queue.size())).contains(node.name())
            || (wanted.isMutex() && strangers.size() > lock.strangers().size());
    if (!untold
        && queue.stream().allMatch(name -> lock.byPath(folder(node) + "/" + name).isPresent())) {
      lock.told(wanted).listed(SequenceNumbers.of(node.name()));
    }
    return untold;
  }
}
