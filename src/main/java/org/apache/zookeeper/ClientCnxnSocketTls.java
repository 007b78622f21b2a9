package org.apache.zookeeper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Queue;
import org.apache.zookeeper.ClientCnxn.Packet;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.lockex.security.ClientConfig;
import org.lockex.security.Rival;
import org.lockex.security.Rivals;
import org.lockex.security.TlsConnector;
import org.lockex.security.TlsLink;

/**
 * ZooKeeper's protocol over TLS without Netty, which would take 40 ms and 5 MiB more. It stands in
 * this package because the client's own classes, which it must extend, are not public; {@code
 * zookeeper.clientCnxnSocket} names it, and only where TLS is asked for. But for {@link
 * #packetAdded}, {@link #onClosing} and {@link #testableCloseSocket}, which come from any thread,
 * the client's send thread alone calls it.
 */
@NullMarked
final class ClientCnxnSocketTls extends ClientCnxnSocket {
  private final TlsConnector tls;
  private final int longest;
  private final Rivals rivals;
  private volatile @Nullable TlsLink link;
  private volatile @Nullable SocketAddress remote;
  private volatile @Nullable SocketAddress local;

  ClientCnxnSocketTls(ZKClientConfig config) throws IOException {
    clientConfig = config;
    tls = ((ClientConfig) config).tls().orElseThrow();
    longest =
        config.getInt(ZKConfig.JUTE_MAXBUFFER, ZKClientConfig.CLIENT_MAX_PACKET_LENGTH_DEFAULT);
    rivals =
        new Rivals(
            ((ClientConfig) config).route(),
            server -> TlsLink.open(tls, server, longest, this::wake));
    initProperties();
  }

  @Override
  void connect(InetSocketAddress address) {
    initialized = false;
    Rival ready = rivals.begin(address);
    link = ready instanceof TlsLink made ? made : TlsLink.open(tls, address, longest, () -> {});
  }

  @Override
  boolean isConnected() {
    return link != null;
  }

  @Override
  void doTransport(int waitTimeOut, Queue<Packet> pendingQueue, ClientCnxn cnxn)
      throws IOException {
    TlsLink current = link;
    if (current == null) {
      throw new IOException("not connected");
    }
    current.await(initialized ? waitTimeOut : rivals.idle(waitTimeOut));
    updateNow();
    if (current.takeEstablished()) {
      updateLastSendAndHeard();
      // Both stay after a loss: the client goes by them.
      local = current.local();
      remote = current.remote();
      sendThread.primeConnection();
    }
    for (ByteBuffer frame = current.poll(); frame != null; frame = current.poll()) {
      receive(frame, current, cnxn);
    }
    current.requireOpen();
    if (!initialized) {
      rivals.advance();
    }
    send(current, pendingQueue, cnxn);
  }

  private void receive(ByteBuffer frame, TlsLink from, ClientCnxn cnxn) throws IOException {
    recvCount.getAndIncrement();
    if (initialized) {
      sendThread.readResponse(frame);
    } else {
      incomingBuffer = frame;
      readConnectResult();
      from.answered(cnxn.getSessionTimeout());
      initialized = true;
      rivals.end();
    }
    updateLastHeard();
  }

  /**
   * Sends what waits; before the session stands only the request for it, which has no header: where
   * the session has expired the server answers and closes, and a packet under way would make that a
   * reset, which overtakes the answer.
   */
  private void send(TlsLink to, Queue<Packet> pendingQueue, ClientCnxn cnxn) throws IOException {
    Packet packet = outgoingQueue.peek();
    while (packet != null && (maySend() || packet.requestHeader == null)) {
      updateLastSend();
      boolean answered =
          packet.requestHeader != null
              && packet.requestHeader.getType() != OpCode.ping
              && packet.requestHeader.getType() != OpCode.auth;
      if (answered) {
        packet.requestHeader.setXid(cnxn.getXid());
      }
      packet.createBB();
      outgoingQueue.removeFirstOccurrence(packet);
      if (answered) {
        // Replies are read by this thread, so none comes before the packet is written.
        synchronized (pendingQueue) {
          pendingQueue.add(packet);
        }
      }
      to.write(packet.bb);
      sentCount.getAndIncrement();
      packet = outgoingQueue.peek();
    }
  }

  /** A login by SASL comes before all else; its packets go by {@link #sendPacket}. */
  private boolean maySend() {
    return initialized && !sendThread.tunnelAuthInProgress();
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

  @Override
  void sendPacket(Packet packet) throws IOException {
    TlsLink current = link;
    if (current == null) {
      throw new IOException("not connected");
    }
    packet.createBB();
    current.write(packet.bb);
  }

  @Override
  void cleanup() {
    testableCloseSocket();
    link = null;
  }

  @Override
  void testableCloseSocket() {
    TlsLink current = link;
    if (current != null) {
      current.close();
    }
  }

  @Override
  void packetAdded() {
    wake();
  }

  @Override
  void onClosing() {
    wake();
  }

  @Override
  void saslCompleted() {
    wake();
  }

  private void wake() {
    TlsLink current = link;
    if (current != null) {
      current.wake();
    }
  }

  @Override
  void connectionPrimed() {}

  @Override
  void close() {
    rivals.end();
  }

  @Override
  @Nullable SocketAddress getRemoteSocketAddress() {
    return remote;
  }

  @Override
  @Nullable SocketAddress getLocalSocketAddress() {
    return local;
  }
}
