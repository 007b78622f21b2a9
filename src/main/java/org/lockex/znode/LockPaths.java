package org.lockex.znode;

/**
 * The paths of one lock's nodes, in the layout of Curator's recipes: a mutex queues at the lock's
 * own node and its first holds; a semaphore queues at the child "locks" and holds in the child
 * "leases".
 *
 * @param lock the lock's own node, absolute
 */
public record LockPaths(String lock) {
  /** The name of the folder of a semaphore's queue. */
  public static final String LOCKS = "locks";

  /** The name of the folder of a semaphore's leases. */
  public static final String LEASES = "leases";

  /** {@return the folder of a semaphore's queue} */
  public String locks() {
    return lock + "/" + LOCKS;
  }

  /** {@return the folder of a semaphore's leases} */
  public String leases() {
    return lock + "/" + LEASES;
  }

  /**
   * Whose children wait; those of a mutex also hold.
   *
   * @param data what the lock is
   * @return a path
   */
  public String queue(LockData data) {
    return data.isMutex() ? lock : locks();
  }

  /**
   * Whose children hold.
   *
   * @param data what the lock is
   * @return a path
   */
  public String holders(LockData data) {
    return data.isMutex() ? lock : leases();
  }

  /** Which node of a lock a path names. */
  public enum Part {
    /** The parent of all locks. */
    ROOT,
    /** A lock's own node. */
    LOCK,
    /** The folder of a semaphore's queue. */
    LOCKS,
    /** The folder of a semaphore's leases. */
    LEASES,
    /** Somebody who holds or waits, or a stranger in a lock's folder. */
    CONTENDER,
    /** Nothing that belongs to a lock below this root. */
    ELSEWHERE
  }

  /**
   * A path, taken apart.
   *
   * @param part which node it names
   * @param id the lock's name; empty for {@link Part#ROOT} and {@link Part#ELSEWHERE}
   */
  public record Place(Part part, String id) {}

  /**
   * Takes a path apart.
   *
   * @param root the parent of all locks, absolute; empty for ZooKeeper's own root
   * @param path an absolute path
   * @return which node it names
   */
  public static Place place(String root, String path) {
    if (path.equals(root) || (root.isEmpty() && path.equals("/"))) {
      return new Place(Part.ROOT, "");
    }
    if (!path.startsWith(root + "/")) {
      return new Place(Part.ELSEWHERE, "");
    }
    String[] names = path.substring(root.length() + 1).split("/", -1);
    return switch (names.length) {
      case 1 -> new Place(Part.LOCK, names[0]);
      case 2 -> new Place(child(names[1]), names[0]);
      case 3 ->
          child(names[1]) == Part.CONTENDER
              ? new Place(Part.ELSEWHERE, "")
              : new Place(Part.CONTENDER, names[0]);
      default -> new Place(Part.ELSEWHERE, "");
    };
  }

  private static Part child(String name) {
    return switch (name) {
      case LOCKS -> Part.LOCKS;
      case LEASES -> Part.LEASES;
      default -> Part.CONTENDER;
    };
  }
}
