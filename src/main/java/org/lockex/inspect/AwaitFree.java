package org.lockex.inspect;

import java.time.Duration;
import java.util.Optional;
import org.lockex.ExitCode;
import org.lockex.lock.session.LockException;
import org.lockex.znode.LockId;

/** {@code lockexctl wait}: returns when somebody who came now would get the lock at once. */
final class AwaitFree {
  private AwaitFree() {}

  static int run(EnsembleAccess servers, LockId id, Optional<Duration> timeout)
      throws LockException, InterruptedException {
    Changes changes = Changes.of(servers, tree -> tree.path(id));
    long start = System.nanoTime();
    while (!changes.tree().read(id).isFree()) {
      Optional<Long> left = timeout.map(most -> most.toNanos() - (System.nanoTime() - start));
      if (left.isPresent() && left.get() <= 0) {
        return ExitCode.BUSY.code();
      }
      changes.await(left);
    }
    return 0;
  }
}
