package org.lockex.lock.session;

import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;

/** The answer to one read, so that several can be under way at once. */
public final class ReadReply implements AsyncCallback.StatCallback, AsyncCallback.DataCallback {
  private final CountDownLatch done = new CountDownLatch(1);
  private KeeperException.Code code = KeeperException.Code.OK;
  private Stat stat = new Stat();
  private byte[] data = {};

  @Override
  public void processResult(int rc, String path, Object context, Stat stat) {
    processResult(rc, path, context, new byte[0], stat);
  }

  @Override
  public void processResult(int rc, String path, Object context, byte[] data, Stat stat) {
    this.code = KeeperException.Code.get(rc);
    if (code == KeeperException.Code.OK) {
      this.stat = stat;
      this.data = data == null ? new byte[0] : data;
    }
    done.countDown();
  }

  /** Waits for the answer; every exception of ZooKeeper's but that there is no such node. */
  public boolean exists() throws KeeperException, InterruptedException {
    done.await();
    if (code == KeeperException.Code.OK || code == KeeperException.Code.NONODE) {
      return code == KeeperException.Code.OK;
    }
    throw KeeperException.create(code);
  }

  /** The node's state, after {@link #exists} said so. */
  public Stat stat() {
    return stat;
  }

  /** The node's data, after {@link #exists} said so. */
  public byte[] data() {
    return data;
  }
}
