package org.lockex.lock.grant;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.lockex.lock.session.LockThreads;
import org.lockex.lock.session.ZooKeeperSession;

/** What is needed to learn what became of a request whose connection broke. */
final class Reconnection {
  private final ZooKeeperSession session;

  Reconnection(ZooKeeperSession session) {
    this.session = session;
  }

  /**
   * Waits for the next connection, as long as the first one may take.
   *
   * @param why given back where there is none in that time
   */
  void await(KeeperException why) throws KeeperException, InterruptedException {
    CompletableFuture<Boolean> up = new CompletableFuture<>();
    LockThreads.start(
        "lockex-link", () -> up.complete(session.awaitLink()), up::completeExceptionally);
    Duration patience = session.settings().connectTimeout();
    try {
      if (up.get(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (ExecutionException | TimeoutException e) {
      // There is none.
    }
    throw why;
  }

  /**
   * What is read afterwards has in it all that was done before, through any server; what was on its
   * way there when a connection broke is done by then, or never will be (docs/architecture.md).
   */
  void sync(String path) throws KeeperException, InterruptedException {
    CompletableFuture<Code> synced = new CompletableFuture<>();
    session.link().sync(path, (rc, on, context) -> synced.complete(Code.get(rc)), null);
    try {
      Code code = synced.get();
      if (code != Code.OK) {
        throw KeeperException.create(code, path);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
