package org.lockex.lock.session;

import org.jspecify.annotations.Nullable;

/** What the clients of one session, one after the other, ask before they delete a node. */
public final class Deletions {
  private volatile @Nullable DeletionGuard guard;

  Deletions() {}

  /**
   * Sets who is asked; before that everything may be deleted.
   *
   * @param guard in the place of the one before
   */
  public void ask(DeletionGuard guard) {
    this.guard = guard;
  }

  boolean may(String path) {
    DeletionGuard asked = guard;
    return asked == null || asked.mayDelete(path);
  }
}
