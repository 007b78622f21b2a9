package org.apache.zookeeper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.ClientCnxn.Packet;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;
import org.lockex.security.ClientConfig;
import org.lockex.security.Rival;
import org.lockex.security.Rivals;
import org.lockex.simulation.jvm.Link;
import org.lockex.simulation.jvm.SimulatedJvm;
import org.lockex.simulation.jvm.VirtualTime;

/**
 * The client's socket in a simulated network: all above it is ZooKeeper's own client. It behaves as
 * ClientCnxnSocketPlain does, which is the one that it stands for.
 */
final class SimulatedSocket extends ClientCnxnSocket {
  private final Rivals rivals;
  private @Nullable Link link;
  private volatile @Nullable Thread sender;
  private @Nullable SocketAddress remote;

  SimulatedSocket(ZKClientConfig config) throws IOException {
    clientConfig = config;
    rivals = new Rivals(((ClientConfig) config).route(), this::open);
    initProperties();
  }

  private Link open(InetSocketAddress server) {
    SimulatedJvm jvm = SimulatedJvm.running();
    return jvm.world().network().open(jvm, server, this::packetAdded);
  }

  @Override
  void connect(InetSocketAddress address) {
    sender = Thread.currentThread();
    initialized = false;
    Rival ready = rivals.begin(address);
    link = ready instanceof Link made ? made : open(address);
  }

  @Override
  boolean isConnected() {
    return link != null;
  }

  @Override
  void doTransport(int waitTimeOut, Queue<Packet> pendingQueue, ClientCnxn cnxn)
      throws IOException {
    Link current = link;
    if (current == null) {
      throw new IOException("not connected");
    }
    if (!current.hasNews() && !maySend(outgoingQueue.peek())) {
      VirtualTime.park(1_000_000L * (initialized ? waitTimeOut : rivals.idle(waitTimeOut)));
    }
    updateNow();
    if (current.takeEstablished()) {
      updateLastSendAndHeard();
      remote = current.server();
      sendThread.primeConnection();
    }
    for (ByteBuffer frame = current.poll(); frame != null; frame = current.poll()) {
      receive(frame);
    }
    current.requireOpen();
    if (!initialized) {
      rivals.advance();
    }
    send(current, pendingQueue, cnxn);
  }

  private void receive(ByteBuffer frame) throws IOException {
    recvCount.getAndIncrement();
    if (initialized) {
      sendThread.readResponse(frame);
    } else {
      incomingBuffer = frame;
      readConnectResult();
      initialized = true;
      rivals.end();
    }
    updateLastHeard();
  }

  /** Before the session stands only the request for it is sent, which has no header. */
  private boolean maySend(@Nullable Packet packet) {
    Link current = link;
    return packet != null
        && current != null
        && current.isReady()
        && (initialized || packet.requestHeader == null);
  }

  private void send(Link to, Queue<Packet> pendingQueue, ClientCnxn cnxn) {
    Packet packet = outgoingQueue.peek();
    while (packet != null && maySend(packet)) {
      updateLastSend();
      boolean answered =
          packet.requestHeader != null
              && packet.requestHeader.getType() != OpCode.ping
              && packet.requestHeader.getType() != OpCode.auth;
      if (answered) {
        packet.requestHeader.setXid(cnxn.getXid());
      }
      outgoingQueue.removeFirstOccurrence(packet);
      if (answered) {
        synchronized (pendingQueue) {
          pendingQueue.add(packet);
        }
      }
      to.send(packet.requestHeader, packet.request);
      sentCount.getAndIncrement();
      packet = outgoingQueue.peek();
    }
  }

  @Override
  int getIdleSend() {
    return initialized && !outgoingQueue.isEmpty() ? 0 : super.getIdleSend();
  }

  @Override
  void sendPacket(Packet packet) {
    throw new IllegalStateException("only SASL sends so");
  }

  @Override
  void cleanup() {
    boolean ready = rivals.hasReady();
    testableCloseSocket();
    link = null;
    if (!ready) {
      try {
        VirtualTime.sleep(100); // as ClientCnxnSocketNIO does
      } catch (InterruptedException e) {
        // Somebody wants the next connection now.
      }
    }
  }

  @Override
  void testableCloseSocket() {
    Link current = link;
    if (current != null) {
      current.close();
    }
  }

  @Override
  void packetAdded() {
    LockSupport.unpark(sender);
  }

  @Override
  void onClosing() {
    packetAdded();
  }

  @Override
  void saslCompleted() {
    packetAdded();
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
    return null;
  }
}
