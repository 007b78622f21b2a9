package org.lockex.lock.session;

import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException;

/**
 * A connection whose server knows all that was done through any before. What was on its way when a
 * connection broke may not have reached the server of the next one (docs/architecture.md).
 */
record SyncedLink(ZooKeeperSession session) {
  /**
   * Waits for it, however long.
   *
   * @return false if the session was ended instead
   */
  boolean await() throws InterruptedException {
    while (session.awaitLink()) {
      CompletableFuture<Integer> answer = new CompletableFuture<>();
      session.link().sync("/", (rc, path, context) -> answer.complete(rc), null);
      if (answer.join() != KeeperException.Code.CONNECTIONLOSS.intValue()) {
        return true;
      }
    }
    return false;
  }
}
