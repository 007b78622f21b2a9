package org.lockex.gateway.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.HostPort;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A GET without an HTTP version, and its answer: one line, or nothing. There is no way to say
 * anything else, because such a client takes every line for the answer.
 */
public final class LineExchange extends ClientExchange {
  /** For the client to read the answer before a close could reset the connection. */
  private static final long LINGER_SECONDS = 2;

  private final EndPoint endPoint;
  private final Scheduler scheduler;
  private final String target;
  private boolean ended;
  private boolean sent;
  private @Nullable Runnable gone;

  /** A request for {@code target}, all that stands behind GET and its blank. */
  LineExchange(EndPoint endPoint, Scheduler scheduler, String target) {
    this.endPoint = endPoint;
    this.scheduler = scheduler;
    this.target = target;
  }

  /** {@return what is asked for: all that stands behind GET and its blank} */
  public String target() {
    return target;
  }

  @Override
  public String client() {
    if (endPoint.getRemoteSocketAddress() instanceof InetSocketAddress remote) {
      InetAddress address = remote.getAddress();
      return HostPort.normalizeHost(
          address == null ? remote.getHostString() : address.getHostAddress());
    }
    return "";
  }

  @Override
  void unavailable() {
    close();
  }

  @Override
  public void onHangUp(Runnable then) {
    synchronized (this) {
      if (!ended) {
        gone = then;
        return;
      }
    }
    if (!isAnswered()) {
      then.run();
    }
  }

  /** Nothing more will come from the client. */
  void inputEnded() {
    Runnable then;
    boolean over;
    synchronized (this) {
      ended = true;
      over = sent;
      then = gone;
      gone = null;
    }
    if (over) {
      endPoint.close();
    } else if (then != null && !isAnswered()) {
      then.run();
    }
  }

  /**
   * Answers; only the first answer counts.
   *
   * @param line what is sent, and a line feed behind it
   */
  public void say(String line) {
    if (isFirstAnswer()) {
      endPoint.write(
          Callback.from(
              this::finish,
              why -> {
                notSent();
                endPoint.close();
              }),
          ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
    }
  }

  @Override
  public void close() {
    if (isFirstAnswer()) {
      endPoint.close();
    }
  }

  private void finish() {
    boolean over;
    synchronized (this) {
      sent = true;
      over = ended;
    }
    if (over) {
      endPoint.close();
    } else {
      endPoint.shutdownOutput();
      scheduler.schedule(endPoint::close, LINGER_SECONDS, TimeUnit.SECONDS);
    }
  }
}
