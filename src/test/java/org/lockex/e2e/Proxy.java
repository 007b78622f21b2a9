package org.lockex.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP relay whose network can go silent, be reset or refuse: the faults that cables and firewalls
 * make.
 */
final class Proxy implements AutoCloseable {
  private final int target;
  private final int port;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition heals = lock.newCondition();
  private ServerSocketChannel listener;
  private boolean silent;
  private final AtomicLong cutAfter = new AtomicLong(Long.MAX_VALUE);

  /** Relays a free loopback port to {@code target} on loopback. */
  Proxy(int target) {
    this.target = target;
    try {
      listener = listen(0);
      port = listener.socket().getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  String hosts() {
    return "127.0.0.1:" + port;
  }

  /**
   * Relays nothing more in either direction; sockets stay open, new ones are accepted and hear
   * nothing.
   */
  void goSilent() {
    lock.lock();
    try {
      silent = true;
    } finally {
      lock.unlock();
    }
  }

  /** Relays again, first what was held back. */
  void heal() {
    lock.lock();
    try {
      silent = false;
      heals.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends every connection with RST. */
  void reset() {
    for (SocketChannel channel : open) {
      try {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
      } catch (IOException e) {
        // It is gone already.
      }
    }
  }

  /** Ends, once, the next connection that has brought so many bytes from the target. */
  void cutAfter(long bytes) {
    cutAfter.set(bytes);
  }

  /** Takes back what {@link #cutAfter} said; whether it had happened by now. */
  boolean wasCut() {
    return cutAfter.getAndSet(Long.MAX_VALUE) == Long.MAX_VALUE;
  }

  /** Refuses new connections and resets those that stand. */
  void refuse() {
    try {
      listener.close();
      reset();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Accepts connections again after {@link #refuse}. */
  void accept() {
    try {
      listener = listen(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    refuse();
    heal();
  }

  private ServerSocketChannel listen(int on) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), on));
    Thread.ofVirtual().start(() -> acceptOn(channel));
    return channel;
  }

  private void acceptOn(ServerSocketChannel channel) {
    try {
      while (true) {
        SocketChannel client = channel.accept();
        Thread.ofVirtual().start(() -> connect(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void connect(SocketChannel client) {
    try {
      SocketChannel server =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      server.setOption(StandardSocketOptions.TCP_NODELAY, true);
      open.add(client);
      open.add(server);
      Thread.ofVirtual().start(() -> relay(client, server, false));
      relay(server, client, true);
    } catch (IOException e) {
      closeBoth(client, client);
    }
  }

  private void relay(SocketChannel from, SocketChannel to, boolean fromTarget) {
    ByteBuffer buffer = ByteBuffer.allocate(fromTarget ? 4 * 1024 : 64 * 1024);
    long relayed = 0;
    try {
      while (from.read(buffer) >= 0) {
        awaitNetwork();
        relayed += buffer.position();
        long most = cutAfter.get();
        if (fromTarget && relayed > most && cutAfter.compareAndSet(most, Long.MAX_VALUE)) {
          return;
        }
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
      awaitNetwork();
    } catch (IOException e) {
      // The other side went; so does this.
    } finally {
      closeBoth(from, to);
    }
  }

  private void awaitNetwork() {
    lock.lock();
    try {
      while (silent) {
        heals.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private void closeBoth(SocketChannel one, SocketChannel other) {
    for (SocketChannel channel : new SocketChannel[] {one, other}) {
      open.remove(channel);
      try {
        channel.close();
      } catch (IOException e) {
        // Nothing is left to close.
      }
    }
  }
}
