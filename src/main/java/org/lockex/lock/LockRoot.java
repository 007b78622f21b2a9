package org.lockex.lock;

/**
 * The parent of all locks, normalised: it begins with a slash, ends without one and has no empty
 * element. It lies below the chroot of the connect string.
 *
 * @param path for example {@code /lockex}; {@code /} is the empty string
 */
public record LockRoot(String path) {

  /**
   * Reads {@code --lockpath}; slashes before and after it do not matter.
   *
   * @throws IllegalArgumentException if ZooKeeper takes no such path; the message says why
   */
  public static LockRoot of(String lockPath) {
    throw new UnsupportedOperationException();
  }

  /** The node of one lock, for example {@code /lockex/backup}. */
  public String pathOf(LockId id) {
    return path + "/" + id.value();
  }
}
