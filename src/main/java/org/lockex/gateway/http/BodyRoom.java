package org.lockex.gateway.http;

import java.util.concurrent.atomic.AtomicLong;

/** Room in memory for the bodies of all requests together. */
public final class BodyRoom {
  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /**
   * Room for so much.
   *
   * @param most bytes
   */
  public BodyRoom(long most) {
    this.most = most;
  }

  /** Takes so many bytes, if there is room for them. */
  boolean take(int bytes) {
    if (taken.addAndGet(bytes) <= most) {
      return true;
    }
    give(bytes);
    return false;
  }

  /** Gives back what was taken. */
  void give(int bytes) {
    taken.addAndGet(-bytes);
  }
}
