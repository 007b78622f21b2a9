package org.apache.zookeeper;

import java.io.IOException;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.NullMarked;

/**
 * ZooKeeper's own connection over TCP, without a ping beside a request. The client asks whether a
 * ping is due before it looks for a request to send, so a waiter's reads, which come just before a
 * ping is due, would each have one for company.
 */
@NullMarked
final class ClientCnxnSocketPlain extends ClientCnxnSocketNIO {
  ClientCnxnSocketPlain(ZKClientConfig config) throws IOException {
    super(config);
  }

  /** Nobody is idle who has something to send. */
  @Override
  int getIdleSend() {
    return outgoingQueue == null || outgoingQueue.isEmpty() ? super.getIdleSend() : 0;
  }
}
