package org.lockex.lock.queue;

import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;

/**
 * Waits for the first thing that a watch tells, be it a change, a lost connection or the end of the
 * session.
 */
public final class FolderChange implements Watcher {
  private final CountDownLatch happened = new CountDownLatch(1);

  /** Has not been told anything. */
  public FolderChange() {}

  @Override
  public void process(WatchedEvent event) {
    happened.countDown();
  }

  /**
   * Returns at once where it was told something before.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public void await() throws InterruptedException {
    happened.await();
  }
}
