package org.lockex.gateway.lease;

import org.lockex.znode.SequenceNumbers;

/**
 * Whether we were told of everybody in a folder. Of a node that one may not read servers tell no
 * events (since 3.8.4 and 3.9.2, CVE-2024-23944), but its number is used up: the numbers of a
 * folder count all that was ever made in it ({@link SequenceNumbers}). So one that does not follow
 * the last is the trace of somebody else.
 */
final class ToldNumbers {
  private long latest = -1;
  private boolean all;

  /** One was made, and we are told of it. */
  void told(long number) {
    if (number == 0) {
      // The first of a folder, which may have been made anew.
      latest = 0;
      all = true;
    } else if (number != latest) {
      all &= number == latest + 1;
      latest = Math.max(latest, number);
    }
  }

  /**
   * Everybody was listed, and we knew them; {@code number} is one that the server has given. The
   * latest that a name claims may still have to come.
   */
  void listed(long number) {
    latest = number;
    all = true;
  }

  /** The folder is gone. */
  void vanished() {
    latest = -1;
    all = false;
  }

  /** Whether whoever is there, and came before the one with {@code number}, is known. */
  boolean isAllBefore(long number) {
    return all && number <= latest;
  }
}
