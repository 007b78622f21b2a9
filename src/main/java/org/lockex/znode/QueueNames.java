package org.lockex.znode;

import java.util.Comparator;
import java.util.List;

/** The names of nodes in the queues of Curator's recipes. */
public final class QueueNames {
  /** What a name in a mutex's queue has before its number; also that of the semaphore's mutex. */
  public static final String LOCK = "lock-";

  /** What the name of a semaphore's lease has before its number. */
  public static final String LEASE = "lease-";

  private QueueNames() {}

  /**
   * The names of a queue in its order: by what follows the last {@code base}, as Curator compares
   * them (StandardLockInternalsDriver.standardFixForSorting). Others are left out.
   */
  public static List<String> sorted(List<String> names, String base) {
    return names.stream()
        .filter(name -> name.contains(base))
        .sorted(Comparator.comparing(name -> name.substring(name.lastIndexOf(base))))
        .toList();
  }
}
