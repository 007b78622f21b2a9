package org.lockex.lock.queue;

import java.time.Instant;
import java.util.Optional;
import org.lockex.znode.Contender;
import org.lockex.znode.Grant;

/**
 * Where a waiter stands.
 *
 * @param place in the queue, 1 is next; 0 while that is not known
 * @param waiting how many wait
 * @param holder who holds the lock, or the first of several; empty for other programs
 * @param since when the holder's command started, by its host's clock, otherwise when its node was
 *     made; empty if nobody holds the lock
 * @param hold what the holder promised, if {@code lockexctl hold} made it
 */
public record QueuePosition(
    int place,
    int waiting,
    Optional<Contender> holder,
    Optional<Instant> since,
    Optional<Grant> hold) {

  /** Where nobody holds the lock, or we do. */
  static QueuePosition unheld(int place, int waiting) {
    return new QueuePosition(place, waiting, Optional.empty(), Optional.empty(), Optional.empty());
  }
}
