package org.lockex.lock.session;

import org.apache.zookeeper.KeeperException;

/** Turns what Curator and ZooKeeper throw into the one exception that leaves this package. */
public final class LockFailures {
  private LockFailures() {}

  /**
   * What a failure to take or use a lock means.
   *
   * @param why what was thrown
   * @param lock the lock's node, for the message
   * @return what {@link LockException#of} makes of it, INTERNAL, or the same if it is one of ours
   *     already
   * @throws InterruptedException if that is what was thrown
   */
  public static LockException of(Throwable why, String lock) throws InterruptedException {
    switch (why) {
      case LockException e -> {
        return e;
      }
      case InterruptedException e -> throw e;
      case IllegalStateException e when e.getCause() instanceof KeeperException cause -> {
        return of(cause, lock);
      }
      case KeeperException e when notAuthorised(e.code()) -> {
        String path = e.getPath();
        return new LockException(
            LockException.Kind.NOT_AUTHORISED,
            "cannot use the lock",
            lock,
            LockException.refusal(e.code()) + (path == null ? "" : " for " + path),
            e);
      }
      case KeeperException e -> {
        return LockException.of("cannot take the lock", lock, e);
      }
      default -> {
        return new LockException(
            LockException.Kind.INTERNAL, "cannot take the lock", lock, String.valueOf(why), why);
      }
    }
  }

  /**
   * Whether Curator's retries were ended because the servers do not take us, which its cause tells.
   *
   * @param why what was thrown
   * @return whether it was that
   */
  public static boolean isRefusal(RuntimeException why) {
    return why instanceof IllegalStateException && why.getCause() instanceof KeeperException;
  }

  private static boolean notAuthorised(KeeperException.Code code) {
    return code == KeeperException.Code.NOAUTH
        || code == KeeperException.Code.AUTHFAILED
        || code == KeeperException.Code.INVALIDACL;
  }
}
