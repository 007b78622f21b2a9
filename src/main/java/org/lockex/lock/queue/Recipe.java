package org.lockex.lock.queue;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.List;
import java.util.function.BiConsumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.PredicateResults;
import org.apache.curator.framework.recipes.locks.StandardLockInternalsDriver;
import org.jspecify.annotations.Nullable;
import org.lockex.znode.LockPaths;
import org.lockex.znode.SequenceNumbers;

/** One turn in the queue of one of Curator's recipes. */
sealed interface Recipe permits EmptyLeases, Recipe.Mutex, Recipe.Semaphore {

  /**
   * The recipe for a lock.
   *
   * @param request how it is wanted
   * @param nextInLine told for which node the mutex waits
   * @param next told the paths of the own node and of the one before it when that is the only one,
   *     again whenever it changes, on the thread that acquires; a semaphore tells nothing
   * @param whenOthersAreBefore likewise, when any are
   */
  static Recipe of(
      LockParent node,
      LockRequest request,
      NextInLine nextInLine,
      BiConsumer<String, String> next,
      Runnable whenOthersAreBefore) {
    if (request.allLeases()) {
      return new EmptyLeases(node, whenOthersAreBefore);
    }
    return node.wanted().isMutex()
        ? new Mutex(node, new Line(node, nextInLine, next, whenOthersAreBefore))
        : new Semaphore(node.curator(), node.paths(), node.wanted().concurrency());
  }

  /**
   * Waits for the turn.
   *
   * @param tryOnly do not wait; the semaphore waits nevertheless, because its try fails also with a
   *     lease free
   * @return the path of the own node, which holds the lock; null if it was only a try
   */
  @Nullable String acquire(boolean tryOnly) throws Exception;

  /** Gives the turn up, on the thread that acquired it. */
  void release() throws Exception;

  /** At most one holder. */
  final class Mutex extends InterProcessMutex implements Recipe {
    Mutex(LockParent node, Line line) {
      super(node.curator(), node.paths().lock(), line);
    }

    @Override
    public @Nullable String acquire(boolean tryOnly) throws Exception {
      if (!tryOnly) {
        acquire();
      } else if (!acquire(0, MILLISECONDS)) {
        return null;
      }
      return getLockPath();
    }
  }

  /**
   * Watches the place in the queue: Curator looks for it whenever the node before ours changes,
   * which it also does when its command starts. A number that others may have too is no place: two
   * would be first.
   */
  final class Line extends StandardLockInternalsDriver {
    private final LockParent node;
    private final NextInLine nextInLine;
    private final BiConsumer<String, String> next;
    private final Runnable whenOthersAreBefore;

    Line(
        LockParent node,
        NextInLine nextInLine,
        BiConsumer<String, String> next,
        Runnable whenOthersAreBefore) {
      this.node = node;
      this.nextInLine = nextInLine;
      this.next = next;
      this.whenOthersAreBefore = whenOthersAreBefore;
    }

    @Override
    public PredicateResults getsTheLock(
        CuratorFramework client, List<String> children, String own, int most) throws Exception {
      if (!SequenceNumbers.isUnique(own)) {
        throw node.numbersUsedUp();
      }
      node.refuseOtherMakes(children);
      PredicateResults place = super.getsTheLock(client, children, own, most);
      if (place.getsTheLock()) {
        nextInLine.forget();
        return place;
      }
      String before = place.getPathToWatch();
      nextInLine.waits(node.paths().lock(), own, before);
      whenOthersAreBefore.run();
      if (children.getFirst().equals(before)) {
        String path = node.paths().lock() + "/";
        next.accept(path + own, path + before);
      }
      return place;
    }
  }

  /** At most as many holders as there are leases. */
  final class Semaphore implements Recipe {
    private final InterProcessSemaphoreV2 semaphore;
    private final String leases;
    private org.apache.curator.framework.recipes.locks.@Nullable Lease lease;

    Semaphore(CuratorFramework curator, LockPaths paths, int concurrency) {
      semaphore = new InterProcessSemaphoreV2(curator, paths.lock(), concurrency);
      leases = paths.leases() + "/";
    }

    @Override
    public String acquire(boolean tryOnly) throws Exception {
      var acquired = semaphore.acquire();
      lease = acquired;
      return leases + acquired.getNodeName();
    }

    @Override
    public void release() throws Exception {
      if (lease != null) {
        lease.close();
      }
    }
  }
}
