package org.lockex.security;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One connection over which frames come, each with its length before it in four bytes. A thread of
 * its own connects, makes the handshake and reads; whoever uses it waits for news and writes.
 *
 * <p>{@link Socket} and not a channel, because an interrupt would close a channel. It is ended by
 * closing the raw socket: {@link SSLSocket#close} may wait behind a write that stands still.
 */
public final class TlsLink implements Rival {
  /** How long whoever gets the first frame may take to say {@link #answered}. */
  private static final long LONGEST_ANSWER = TimeUnit.SECONDS.toNanos(1);

  private final TlsConnector tls;
  private final InetSocketAddress server;
  private final Runnable bell;
  private final int longest;
  private volatile @Nullable SSLSocket secured;
  // Guarded by this:
  private final Queue<ByteBuffer> frames = new ArrayDeque<>();
  private @Nullable Socket raw;
  private @Nullable IOException failure;
  private boolean established;
  private boolean news;
  private boolean closed;
  private boolean bounded;

  private TlsLink(TlsConnector tls, InetSocketAddress server, int longest, Runnable bell) {
    this.tls = tls;
    this.server = server;
    this.longest = longest;
    this.bell = bell;
  }

  /**
   * Begins to connect and returns at once.
   *
   * @param tls makes the handshake
   * @param server to which
   * @param longest frame that is accepted, in bytes
   * @param bell run when it stands or has failed, beside {@link #await}
   * @return the connection
   */
  public static TlsLink open(
      TlsConnector tls, InetSocketAddress server, int longest, Runnable bell) {
    TlsLink link = new TlsLink(tls, server, longest, bell);
    Thread thread = new Thread(link::work, "lockex-tls");
    thread.setDaemon(true);
    thread.start();
    return link;
  }

  /**
   * Waits for news: a handshake that is made, a frame, the end, or {@link #wake}. An interrupt is
   * no more than that.
   *
   * @param millis at most this long
   */
  @SuppressWarnings("WaitNotInLoop") // whoever calls this loops, and looks each time
  public synchronized void await(long millis) {
    if (!news && millis > 0) {
      try {
        wait(millis);
      } catch (InterruptedException e) {
        // Somebody wants this thread to look.
      }
    }
    news = false;
  }

  /** Ends {@link #await}, now or the next one. */
  public synchronized void wake() {
    news = true;
    notifyAll();
  }

  /** {@return true once: the handshake is made} */
  public synchronized boolean takeEstablished() {
    boolean taken = established;
    established = false;
    return taken;
  }

  /** {@return the next frame that has come; null if there is none} */
  public synchronized @Nullable ByteBuffer poll() {
    return frames.poll();
  }

  /**
   * Throws what ended the connection, if it has ended.
   *
   * @throws IOException if it has ended
   */
  public synchronized void requireOpen() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Writes all of it, however long that takes; {@link #close} ends it.
   *
   * @param bytes what to write
   * @throws IOException if there is no connection
   */
  public void write(ByteBuffer bytes) throws IOException {
    SSLSocket socket = secured;
    if (socket == null) {
      throw new IOException("not connected");
    }
    socket
        .getOutputStream()
        .write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    bytes.position(bytes.limit());
  }

  /**
   * The server answered; from now on it is lost when it says nothing for so long, which frees a
   * write that stands still, too.
   *
   * @param silenceMillis how long
   * @throws IOException if the connection has ended
   */
  public void answered(int silenceMillis) throws IOException {
    tls.answered();
    synchronized (this) {
      if (secured != null) {
        secured.setSoTimeout(silenceMillis);
      }
      bounded = true;
      notifyAll();
    }
  }

  /** {@return the address of the server; null before the handshake} */
  public @Nullable SocketAddress remote() {
    SSLSocket socket = secured;
    return socket == null ? null : socket.getRemoteSocketAddress();
  }

  /** {@return our own address; null before the handshake} */
  public @Nullable SocketAddress local() {
    SSLSocket socket = secured;
    return socket == null ? null : socket.getLocalSocketAddress();
  }

  @Override
  public InetSocketAddress server() {
    return server;
  }

  @Override
  public synchronized boolean isReady() {
    return established && failure == null;
  }

  @Override
  public synchronized boolean hasFailed() {
    return failure != null;
  }

  @Override
  public void close() {
    Socket open;
    synchronized (this) {
      closed = true;
      open = raw;
    }
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      // Then it is closed.
    }
  }

  private void work() {
    boolean[] answered = new boolean[1];
    try {
      SSLSocket socket = tls.secure(connect(), server);
      synchronized (this) {
        secured = socket;
        established = true;
        wake();
      }
      bell.run();
      read(new DataInputStream(socket.getInputStream()), answered);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      fail(e, answered[0]);
      bell.run();
    }
  }

  private void read(DataInputStream in, boolean[] answered) throws IOException {
    while (true) {
      int length = in.readInt();
      if (length < 0 || length > longest) {
        throw new IOException("a frame of " + length + " bytes");
      }
      byte[] frame = new byte[length];
      in.readFully(frame);
      answered[0] = true;
      synchronized (this) {
        frames.add(ByteBuffer.wrap(frame));
        wake();
        awaitBound();
      }
    }
  }

  /**
   * A bound for silence holds from the next read on, so the first answer is waited for here: it
   * tells the bound.
   */
  private void awaitBound() throws IOException {
    long end = System.nanoTime() + LONGEST_ANSWER;
    while (!bounded && !closed && System.nanoTime() - end < 0) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime() + 999_999);
      } catch (InterruptedException e) {
        throw new InterruptedIOException("interrupted while reading");
      }
    }
    bounded = true;
  }

  private void fail(Exception why, boolean answered) {
    synchronized (this) {
      if (!answered && !closed) {
        tls.failed(server, why);
      }
      failure =
          why instanceof EOFException
              ? new IOException("the server closed the connection", why)
              : why instanceof IOException e ? e : new IOException(why.getMessage(), why);
    }
    close();
    wake();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    synchronized (this) {
      if (closed) {
        throw new IOException("closed");
      }
      raw = socket;
    }
    socket.setTcpNoDelay(true);
    socket.connect(server);
    return socket;
  }
}
