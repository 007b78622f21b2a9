package org.lockex.lock.queue;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.data.Stat;
import org.lockex.lock.session.LockException;
import org.lockex.znode.LockPaths;
import org.lockex.znode.SequenceNumbers;

/**
 * Lets the numbers of a queue begin anew before they come to their end. Near it, whoever comes
 * waits without a place in the queue until nobody is there, and then makes the lock's node anew;
 * ZooKeeper refuses that while anyone holds the lock or waits for it, so it takes nothing from
 * anybody. Who did not see the end coming is stopped by {@link Recipe.Line}.
 */
final class SequenceRenewal {
  private static final long POLL_MS = 1000;

  private final LockParent node;
  private final boolean tryOnly;
  private final Consumer<String> notes;
  private boolean told;

  /** What is to be done next. */
  enum RenewalStep {
    /** There are numbers enough. */
    QUEUE,
    /** The node must be looked at again. */
    LOOK_AGAIN,
    /** Somebody is there and was waited for a moment; the node must be looked at again. */
    WAITED,
    /** It was only a try, and somebody is there. */
    BUSY
  }

  SequenceRenewal(LockParent node, boolean tryOnly, Consumer<String> notes) {
    this.node = node;
    this.tryOnly = tryOnly;
    this.notes = notes;
  }

  /**
   * Looks whether there are numbers enough; where there are not, makes the node anew, or waits for
   * a moment.
   *
   * @param parent the lock's node as it is
   * @throws LockException OTHER_CONCURRENCY at the very end of the numbers
   */
  RenewalStep next(Stat parent) throws Exception {
    long given = given(parent);
    if (given < SequenceNumbers.NEAR_END) {
      return RenewalStep.QUEUE;
    }
    if (node.makeAnew(parent.getVersion())) {
      return RenewalStep.LOOK_AGAIN;
    }
    if (tryOnly) {
      return RenewalStep.BUSY;
    }
    if (given >= SequenceNumbers.VERY_END) {
      throw node.numbersUsedUp();
    }
    if (!told) {
      notes.accept(
          node.name()
              + " is near the end of its sequence numbers: waiting until nobody holds it or waits"
              + " for it");
      told = true;
    }
    TimeUnit.MILLISECONDS.sleep(POLL_MS);
    return RenewalStep.WAITED;
  }

  /** A semaphore counts in the folders below its node. */
  private long given(Stat parent) throws Exception {
    if (node.wanted().isMutex()) {
      return SequenceNumbers.given(parent);
    }
    LockPaths paths = node.paths();
    return parent.getNumChildren() == 0
        ? 0
        : Math.max(givenBelow(paths.locks()), givenBelow(paths.leases()));
  }

  private long givenBelow(String path) throws Exception {
    Stat stat = node.curator().checkExists().forPath(path);
    if (stat == null) {
      return 0;
    }
    node.checkRoom(stat);
    return SequenceNumbers.given(stat);
  }
}
