package org.apache.zookeeper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import org.apache.zookeeper.ClientCnxn.Packet;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.lockex.security.ClientConfig;
import org.lockex.security.PlainRival;
import org.lockex.security.Rival;
import org.lockex.security.Rivals;

/**
 * ZooKeeper's own connection over TCP, which tries the next server beside one that keeps it
 * waiting, and sends no ping beside a request. Where the first server answers it does nothing else.
 */
@NullMarked
final class ClientCnxnSocketPlain extends ClientCnxnSocketNIO {
  private final ClientConfig config;
  private final Rivals rivals;
  private @Nullable SocketChannel taken;
  private volatile @Nullable SocketAddress takenRemote;

  ClientCnxnSocketPlain(ZKClientConfig config) throws IOException {
    super(config);
    this.config = (ClientConfig) config;
    rivals = new Rivals(this.config.route(), server -> PlainRival.open(server, this::packetAdded));
  }

  @Override
  void connect(InetSocketAddress address) throws IOException {
    Rival ready = rivals.begin(address);
    taken = ready instanceof PlainRival plain ? plain.channel() : null;
    super.connect(address);
  }

  @Override
  SocketChannel createSock() throws IOException {
    SocketChannel channel = taken;
    return channel == null ? super.createSock() : channel;
  }

  @Override
  void registerAndConnect(SocketChannel channel, InetSocketAddress address) throws IOException {
    boolean made = taken != null;
    taken = null;
    if (!made) {
      takenRemote = null;
      super.registerAndConnect(channel, address);
      return;
    }
    try {
      super.registerAndConnect(channel, address);
    } catch (AlreadyConnectedException e) {
      // It is registered by now, and this is what its parent does with one that connects at once.
      takenRemote = channel.getRemoteAddress();
      sendThread.primeConnection();
    }
  }

  @Override
  void doTransport(int waitTimeOut, Queue<Packet> pendingQueue, ClientCnxn cnxn)
      throws IOException, InterruptedException {
    if (initialized) {
      super.doTransport(waitTimeOut, pendingQueue, cnxn);
      return;
    }
    super.doTransport(rivals.idle(waitTimeOut), pendingQueue, cnxn);
    if (initialized) {
      rivals.end();
    } else {
      rivals.advance();
    }
  }

  @Override
  void readLength() throws IOException {
    config.answer(incomingBuffer.getInt(incomingBuffer.position()));
    super.readLength();
  }

  @Override
  void cleanup() {
    if (rivals.hasReady()) {
      // Its parent sleeps 100 ms, unless it is interrupted.
      Thread.currentThread().interrupt();
    }
    super.cleanup();
  }

  @Override
  void close() {
    rivals.end();
    super.close();
  }

  /**
   * Nobody is idle who has something to send: the client asks whether a ping is due before it looks
   * for a request, so each of a waiter's reads would have one for company. Before the session
   * stands this is how long the server may take for it.
   */
  @Override
  int getIdleSend() {
    return initialized && !outgoingQueue.isEmpty() ? 0 : super.getIdleSend();
  }

  /** The client goes by whether there has ever been one. */
  @Override
  @Nullable SocketAddress getRemoteSocketAddress() {
    SocketAddress remote = takenRemote;
    return remote == null ? super.getRemoteSocketAddress() : remote;
  }
}
