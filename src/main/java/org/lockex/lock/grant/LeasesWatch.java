package org.lockex.lock.grant;

import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;

/** Waits until something happened to the leases, or to the connection. */
final class LeasesWatch implements Watcher {
  private final CountDownLatch happened = new CountDownLatch(1);

  @Override
  public void process(WatchedEvent event) {
    happened.countDown();
  }

  void await() throws InterruptedException {
    happened.await();
  }
}
