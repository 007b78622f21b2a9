package org.lockex.lock.queue;

import org.lockex.lock.queue.OwnershipAnswers.OwnNode;
import org.lockex.znode.LockData;
import org.lockex.znode.OtherMake;

/**
 * Decides from what ZooKeeper answered whether a lock is ours whose queue has come to us. Curator's
 * way and the short way of {@link HandOver} share this one judgement; a new rule about who else may
 * hold the lock belongs here.
 *
 * <p>Why two cannot hold: the own node exists and is this session's, so whoever comes later queues
 * behind it (after a reconnect Curator can take another session's node for its own, CURATOR-604).
 * The lock's node tells our concurrency; it is replaced only while it has no children, so all
 * others who agree with it queue where we do, and who disagrees goes back. Those who know nothing
 * of that data are seen by their nodes: leases beside a mutex, a mutex's queue beside a semaphore,
 * and strangers beside both: one that is surely a lock of another library refuses us, of any other
 * we wait for the end. Who comes when all this was found true came after us.
 *
 * @param wanted with which concurrency we use the lock
 */
record OwnershipJudge(LockData wanted) {

  /**
   * Judges; needs nothing but what it is given.
   *
   * @param session the id of our session
   */
  Verdict judge(long session, OwnershipAnswers answers) {
    OwnNode own = answers.own().orElse(null);
    LockNodeRead lock = answers.lock().orElse(null);
    if (own == null || own.session() != session || lock == null) {
      return new Verdict.NotOurs();
    }
    // Numbers are compared: the equals of a record is linked at its first use, for 5 ms of the
    // start.
    boolean settled = lock.told() instanceof LockData.Reading.Known;
    if (lock.told() instanceof LockData.Reading.Known known
        && known.data().concurrency() != wanted.concurrency()) {
      return new Verdict.OtherConcurrency(known.data());
    }
    if (wanted.isMutex() && answers.leases() > 0) {
      return new Verdict.OtherKind("as a semaphore");
    }
    if (!wanted.isMutex() && !answers.folder().queue().isEmpty()) {
      return new Verdict.OtherKind("as a mutex");
    }
    OtherMake other = OtherMake.among(answers.folder().strangers()).orElse(null);
    if (other != null) {
      return new Verdict.TakenByOtherMake(other);
    }
    if (!answers.folder().strangers().isEmpty()) {
      return new Verdict.Occupied(answers.folder().strangers());
    }
    return settled
        ? new Verdict.Ours(own.czxid(), answers.tokenBase())
        : new Verdict.Unsettled(lock, own.czxid(), answers.tokenBase());
  }
}
