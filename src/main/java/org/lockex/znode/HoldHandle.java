package org.lockex.znode;

/**
 * Names one hold, and no later one at the same place: where it stands, and the transaction that
 * made it. It is no secret: who may write the nodes of the locks needs none.
 *
 * @param path the node of the hold in a mutex's queue, or the folder of a semaphore's leases, where
 *     all nodes of that transaction are the hold; below the chroot
 * @param created the transaction
 */
public record HoldHandle(String path, long created) {
  private static final char BETWEEN = '@';

  /**
   * Reads what {@link #toString} wrote.
   *
   * @param text as {@code lockexctl hold} printed it
   * @return the handle
   * @throws IllegalArgumentException if it is none; the message says so
   */
  public static HoldHandle of(String text) {
    int at = text.lastIndexOf(BETWEEN);
    try {
      String path = text.substring(0, Math.max(0, at));
      LockRoot.check("the path", path);
      long created = Long.parseLong(text, at + 1, text.length(), 10);
      if (path.lastIndexOf('/') > 0 && created > 0) {
        return new HoldHandle(path, created);
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IllegalArgumentException("not a handle as lockexctl hold prints it: " + text);
  }

  /** {@return the lock's node, below the chroot} */
  public String lock() {
    return path.substring(0, path.lastIndexOf('/'));
  }

  /** {@return whether it is a folder, and the hold what that transaction made in it} */
  public boolean isOfLeases() {
    return path.endsWith("/" + LockPaths.LEASES);
  }

  /** One line without blanks but those of the lock's name. */
  @Override
  public String toString() {
    return path + BETWEEN + created;
  }
}
