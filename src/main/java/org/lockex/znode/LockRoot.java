package org.lockex.znode;

/**
 * The parent of all locks. It lies below the chroot of the connect string.
 *
 * @param path for example {@code /lockex}: it begins with a slash, ends without one and has no
 *     empty element; the root itself is the empty string
 */
public record LockRoot(String path) {

  /**
   * Checks the path.
   *
   * @throws IllegalArgumentException if it is not in the form above
   */
  public LockRoot {
    check("a lock path", path);
  }

  /**
   * Reads {@code --lockpath}; one slash before and after it does not matter.
   *
   * @param lockPath the value of the option
   * @return the parent of all locks
   * @throws IllegalArgumentException if ZooKeeper takes no such path; the message says why
   */
  public static LockRoot of(String lockPath) {
    int start = lockPath.startsWith("/") ? 1 : 0;
    int end = lockPath.length() > start && lockPath.endsWith("/") ? 1 : 0;
    String path = lockPath.substring(start, lockPath.length() - end);
    return new LockRoot(path.isEmpty() ? "" : "/" + path);
  }

  /**
   * The node of one lock, for example {@code /lockex/backup}.
   *
   * @param id the lock
   * @return a path below the chroot
   */
  public String pathOf(LockId id) {
    return path + "/" + id.value();
  }

  /** {@return the parent of all run records, which lie beside the locks: {@code /lockex-runs}} */
  public String runs() {
    return (path.isEmpty() ? "/" : path) + "-runs";
  }

  /**
   * {@return the node of the {@link TokenBase}, which lies beside the locks: {@code
   * /lockex-tokens}}
   */
  public String tokens() {
    return (path.isEmpty() ? "/" : path) + "-tokens";
  }

  /**
   * The node of one lock's run record, for example {@code /lockex-runs/backup}.
   *
   * @param id the lock
   * @return a path below the chroot
   */
  public String runPathOf(LockId id) {
    return runs() + "/" + id.value();
  }

  /**
   * Refuses what is neither empty nor a sequence of {@code /element}.
   *
   * @param what the subject of a message
   * @param path an absolute path
   */
  public static void check(String what, String path) {
    if (path.isEmpty()) {
      return;
    }
    if (path.charAt(0) != '/') {
      throw new IllegalArgumentException(what + " must begin with '/': " + path);
    }
    int start = 1;
    while (start >= 1) {
      int slash = path.indexOf('/', start);
      PathElement.check(
          "an element of " + what, path.substring(start, slash < 0 ? path.length() : slash));
      start = slash + 1;
    }
  }
}
