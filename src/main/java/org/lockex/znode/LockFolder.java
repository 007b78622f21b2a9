package org.lockex.znode;

import java.util.ArrayList;
import java.util.List;

/**
 * What the children of a lock's node are.
 *
 * @param queue those in the mutex's queue, in its order: the first holds, the others wait
 * @param hasLocks whether the semaphore's queue has its folder
 * @param hasLeases whether the semaphore's leases have theirs
 * @param strangers all others, by name: nobody knows what they stand for, so each counts as
 *     somebody who may hold the lock
 */
public record LockFolder(
    List<String> queue, boolean hasLocks, boolean hasLeases, List<String> strangers) {

  /** Of so many names a list fits into the memory of every program, whatever else is in it. */
  public static final int MOST_NAMES = 50_000;

  /** Copies the lists. */
  public LockFolder {
    queue = List.copyOf(queue);
    strangers = List.copyOf(strangers);
  }

  /**
   * Tells apart the names of the children, which come in any order.
   *
   * @param names the names of the children
   * @return what they are
   */
  public static LockFolder of(List<String> names) {
    List<String> strangers = new ArrayList<>();
    for (String name : names) {
      if (!isOurs(name)) {
        strangers.add(name);
      }
    }
    strangers.sort(null);
    return new LockFolder(
        QueueNames.sorted(names, QueueNames.LOCK),
        names.contains(LockPaths.LOCKS),
        names.contains(LockPaths.LEASES),
        strangers);
  }

  private static boolean isOurs(String name) {
    return name.contains(QueueNames.LOCK)
        || name.equals(LockPaths.LOCKS)
        || name.equals(LockPaths.LEASES);
  }

  /** {@return whether a semaphore was made here, be it in use or not} */
  public boolean hasSemaphore() {
    return hasLocks || hasLeases;
  }
}
