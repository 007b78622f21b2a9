package org.lockex.lock.queue;

import java.util.List;
import org.lockex.znode.LockData;
import org.lockex.znode.OtherMake;

/** What the answers say about a lock whose queue has come to us. */
sealed interface Verdict {

  /**
   * It is ours, as long as the heartbeats say that the session lasts.
   *
   * @param czxid of the own node
   * @param tokenBase what makes the fencing token of it
   */
  record Ours(long czxid, long tokenBase) implements Verdict {}

  /** The own node, or the lock's, is gone or another session's: the place in the queue is lost. */
  record NotOurs() implements Verdict {}

  /**
   * The lock is in use with another concurrency.
   *
   * @param data which
   */
  record OtherConcurrency(LockData data) implements Verdict {}

  /**
   * Somebody uses the lock as the other kind, who may know nothing of the lock's data.
   *
   * @param as as what, for a message
   */
  record OtherKind(String as) implements Verdict {}

  /**
   * Another library's lock is in the lock's folder, which neither waits for us nor we for it.
   *
   * @param other whose
   */
  record TakenByOtherMake(OtherMake other) implements Verdict {}

  /**
   * Children of the lock's node that are in no queue: whoever made them may hold the lock.
   *
   * @param strangers their names, at least one
   */
  record Occupied(List<String> strangers) implements Verdict {}

  /**
   * It is ours once the lock's data is settled, which may bring another verdict.
   *
   * @param read what the lock's node tells so far
   * @param czxid of the own node
   * @param tokenBase what makes the fencing token of it
   */
  record Unsettled(LockNodeRead read, long czxid, long tokenBase) implements Verdict {}
}
