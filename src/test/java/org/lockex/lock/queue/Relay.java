package org.lockex.lock.queue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** A TCP relay on the loopback that can fall silent: its sockets stay open but nothing passes. */
class Relay implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private final List<Socket> sockets = new ArrayList<>();
  private boolean silent;
  private boolean closed;

  Relay(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  String address() {
    return "127.0.0.1:" + port();
  }

  /** Whether there was a connection since the last {@link #reset}. */
  synchronized boolean wasUsed() {
    return !sockets.isEmpty();
  }

  /** New connections are accepted by the kernel but never served, old ones stand still. */
  synchronized void silence() {
    silent = true;
  }

  /** What was held back passes now. */
  synchronized void resume() {
    silent = false;
    notifyAll();
  }

  /** Cuts every connection; new ones are welcome. */
  synchronized void reset() throws IOException {
    for (Socket socket : sockets) {
      try {
        socket.setSoLinger(true, 0);
      } catch (SocketException e) {
        // It was closed by its peer.
      }
      socket.close();
    }
    sockets.clear();
  }

  /** Copies one direction of a connection until it ends. */
  void copy(InputStream in, OutputStream out, boolean toTarget)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[65536];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      pass();
      out.write(buffer, 0, n);
    }
  }

  /** Waits while it is silent. */
  final synchronized void pass() throws InterruptedException, IOException {
    while (silent && !closed) {
      wait();
    }
    if (closed) {
      throw new IOException("closed");
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        pass();
        Socket server = new Socket();
        try {
          server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 1000);
          client.setTcpNoDelay(true);
          server.setTcpNoDelay(true);
        } catch (IOException e) {
          client.close();
          server.close();
          continue;
        }
        synchronized (this) {
          sockets.add(client);
          sockets.add(server);
        }
        Thread.ofVirtual().start(() -> copy(client, server, true));
        Thread.ofVirtual().start(() -> copy(server, client, false));
      }
    } catch (IOException | InterruptedException e) {
      // Closed.
    }
  }

  private void copy(Socket from, Socket to, boolean toTarget) {
    try (from;
        to) {
      copy(from.getInputStream(), to.getOutputStream(), toTarget);
    } catch (IOException | InterruptedException e) {
      // One end went away.
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    reset();
    listener.close();
  }
}
