package org.lockex.lock.queue;

import java.util.ArrayList;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.lockex.lock.session.LockException;
import org.lockex.znode.LockData;
import org.lockex.znode.LockFolder;
import org.lockex.znode.LockPaths;
import org.lockex.znode.OtherMake;

/**
 * The own node of a lock, the parent of its contenders. Its data tells with which concurrency the
 * lock is in use, because a mutex and a semaphore on one path do not exclude each other.
 *
 * <p>The data of a node never changes while it has children: another concurrency is taken by
 * deleting the node and creating it anew in one transaction, which ZooKeeper refuses while anyone
 * holds or waits. So a contender whose own node exists and who then reads its own concurrency from
 * the parent knows that all others there have to agree; one who reads another goes back and asks
 * again. Of several who replace the node at once the last one gets its way.
 *
 * @param paths of the lock's nodes, with the chroot
 * @param name of the lock's node, without the chroot
 * @param wanted with which concurrency it is wanted
 */
record LockParent(CuratorFramework curator, LockPaths paths, String name, LockData wanted) {

  /**
   * Makes the node ours, if need be, before the own node is created.
   *
   * @return the node as it is
   * @throws LockException OTHER_CONCURRENCY, also where a lock of another library is there: in its
   *     order ours may come behind it, and would wait for what never hands over
   */
  Stat prepare() throws Exception {
    while (true) {
      Stat stat = new Stat();
      byte[] data;
      try {
        data = curator.getData().storingStatIn(stat).forPath(paths.lock());
      } catch (KeeperException.NoNodeException e) {
        create();
        continue;
      }
      checkRoom(stat);
      if (settle(LockNodeRead.of(wanted, data, stat.getVersion()))) {
        // A mutex sees them when it looks for its place in the queue, without a list of its own.
        if (!wanted.isMutex() && stat.getNumChildren() > 0) {
          refuseOtherMakes(children(paths.lock()));
        }
        return stat;
      }
    }
  }

  /**
   * Makes foreign data ours.
   *
   * @return whether the data is settled; if not, it must be read again
   * @throws LockException OTHER_CONCURRENCY
   */
  boolean settle(LockNodeRead read) throws Exception {
    if (read.told() instanceof LockData.Reading.Known known) {
      // As in OwnershipJudge, no equals of a record on the way to the start.
      return known.data().concurrency() == wanted.concurrency()
          || replace(read.version(), known.data());
    }
    if (otherKindIsThere()) {
      throw refusedAs(wanted.isMutex() ? "as a semaphore" : "as a mutex");
    }
    if (read.told() instanceof LockData.Reading.Strange) {
      return true; // Another program's data stays.
    }
    try {
      curator.setData().withVersion(read.version()).forPath(paths.lock(), wanted.bytes());
    } catch (KeeperException.BadVersionException | KeeperException.NoNodeException e) {
      // Somebody was faster; what they wrote is read next.
    }
    return false;
  }

  /**
   * Lists of more names than there is memory for would end us at our turn.
   *
   * @param folder of a queue
   * @throws LockException INTERNAL where too many are there
   */
  void checkRoom(Stat folder) throws LockException {
    if (folder.getNumChildren() > LockFolder.MOST_NAMES) {
      throw new LockException(
          LockException.Kind.INTERNAL,
          "cannot queue",
          name,
          folder.getNumChildren()
              + " hold it or wait for it, and there is room for "
              + LockFolder.MOST_NAMES);
    }
  }

  /**
   * Another library's lock does not wait for us.
   *
   * @param children of the lock's node
   * @throws LockException OTHER_CONCURRENCY where one is among them
   */
  void refuseOtherMakes(List<String> children) throws LockException {
    OtherMake other = OtherMake.among(LockFolder.of(children).strangers()).orElse(null);
    if (other != null) {
      throw refused(other);
    }
  }

  private void create() throws Exception {
    try {
      curator
          .create()
          .creatingParentContainersIfNeeded()
          .withMode(CreateMode.CONTAINER)
          .forPath(paths.lock(), wanted.bytes());
    } catch (KeeperException.NodeExistsException e) {
      // Somebody was faster; what they wrote is read next.
    }
  }

  private boolean replace(int version, LockData other) throws Exception {
    if (!makeAnew(version)) {
      refuseOtherMakes(children(paths.lock()));
      throw refusedAs("with concurrency " + other.concurrency());
    }
    return false;
  }

  /**
   * Deletes the node and creates it with what is wanted, in one transaction; or somebody changes it
   * meanwhile. In any case it must be read again.
   *
   * @param version of the data that was read
   * @return false if somebody holds the lock or waits for it: then nothing has been changed
   */
  boolean makeAnew(int version) throws Exception {
    String lock = paths.lock();
    List<CuratorOp> ops = new ArrayList<>();
    try {
      LockFolder folder = LockFolder.of(curator.getChildren().forPath(lock));
      if (folder.hasLeases()) {
        ops.add(curator.transactionOp().delete().forPath(paths.leases()));
      }
      if (folder.hasLocks()) {
        ops.add(curator.transactionOp().delete().forPath(paths.locks()));
      }
      ops.add(curator.transactionOp().delete().withVersion(version).forPath(lock));
      ops.add(
          curator
              .transactionOp()
              .create()
              .withMode(CreateMode.CONTAINER)
              .forPath(lock, wanted.bytes()));
      curator.transaction().forOperations(ops);
    } catch (KeeperException.NotEmptyException e) {
      return false;
    } catch (KeeperException.NoNodeException
        | KeeperException.BadVersionException
        | KeeperException.NodeExistsException e) {
      // Things changed meanwhile; they are read next.
    }
    return true;
  }

  private boolean otherKindIsThere() throws Exception {
    LockFolder folder = LockFolder.of(children(paths.lock()));
    return wanted.isMutex()
        ? folder.hasSemaphore()
            && !(children(paths.leases()).isEmpty() && children(paths.locks()).isEmpty())
        : !folder.queue().isEmpty();
  }

  private List<String> children(String parent) throws Exception {
    try {
      return curator.getChildren().forPath(parent);
    } catch (KeeperException.NoNodeException e) {
      return List.of();
    }
  }

  LockException refused(OtherMake other) {
    return refused(
        "the lock is in use by "
            + other.library()
            + ", node "
            + other.node()
            + ": it does not wait for lockex (if nobody is there any more, delete that node)");
  }

  /** It is in use in another way. */
  LockException refusedAs(String how) {
    return refused("the lock is in use " + how);
  }

  private LockException refused(String why) {
    return new LockException(
        LockException.Kind.OTHER_CONCURRENCY,
        "cannot use concurrency " + wanted.concurrency(),
        name,
        why);
  }

  /** Its numbers have come to their end, and somebody was there all the time. */
  LockException numbersUsedUp() {
    return new LockException(
        LockException.Kind.OTHER_CONCURRENCY,
        "cannot queue",
        name,
        "its sequence numbers are used up; they begin anew once nobody holds it or waits for it");
  }
}
