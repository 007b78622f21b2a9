package org.lockex.lock.session;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;

/** What the clients of one session, one after the other, ask before they delete or list nodes. */
public final class RecipeRights {
  private volatile @Nullable RecipeGuard guard;

  RecipeRights() {}

  /**
   * Sets who is asked; before that everything is allowed.
   *
   * @param guard in the place of the one before
   */
  public void ask(RecipeGuard guard) {
    this.guard = guard;
  }

  boolean mayDelete(String path) {
    RecipeGuard asked = guard;
    return asked == null || asked.mayDelete(path);
  }

  /** Returns if the calling thread may list; parks it until the end of the process if not. */
  void awaitMayList(String path) {
    RecipeGuard asked = guard;
    while (asked != null && !asked.mayList(path)) {
      LockSupport.park(this);
    }
  }

  /** What the calling thread needs to know of the children; empty if it has to list them. */
  Optional<List<String>> known(SessionClient client, String path)
      throws KeeperException, InterruptedException {
    RecipeGuard asked = guard;
    return asked == null ? Optional.empty() : asked.known(client, path);
  }
}
