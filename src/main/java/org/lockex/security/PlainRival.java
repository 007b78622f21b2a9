package org.lockex.security;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/** One over plain TCP. A thread of its own connects. */
public final class PlainRival implements Rival {
  private final InetSocketAddress server;
  private final SocketChannel channel;
  private volatile boolean ready;
  private volatile boolean failed;

  private PlainRival(InetSocketAddress server, SocketChannel channel) {
    this.server = server;
    this.channel = channel;
  }

  /**
   * Begins to connect and returns at once.
   *
   * @param server to which
   * @param bell run when it stands or has failed
   * @return the connection
   * @throws IOException if there is no descriptor left
   */
  public static PlainRival open(InetSocketAddress server, Runnable bell) throws IOException {
    PlainRival rival = new PlainRival(server, SocketChannel.open());
    Thread thread =
        new Thread(
            () -> {
              rival.connect();
              bell.run();
            },
            "lockex-connect");
    thread.setDaemon(true);
    thread.start();
    return rival;
  }

  private void connect() {
    try {
      channel.socket().setTcpNoDelay(true);
      channel.connect(server);
      channel.configureBlocking(false);
      ready = true;
    } catch (IOException | RuntimeException e) {
      failed = true;
      close();
    }
  }

  /** {@return the channel, which does not block; it is the caller's from now on} */
  public SocketChannel channel() {
    return channel;
  }

  @Override
  public InetSocketAddress server() {
    return server;
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public boolean hasFailed() {
    return failed;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Then it is closed.
    }
  }
}
