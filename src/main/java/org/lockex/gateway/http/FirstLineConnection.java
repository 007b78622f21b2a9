package org.lockex.gateway.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in front of Jetty's HTTP on every connection. Jetty takes what follows a blank for a
 * version, and tells errors with a status line, which a client that sent none would take for the
 * answer. So who begins with a line without a version is answered here, and never gets there.
 */
final class FirstLineConnection extends AbstractConnection implements Connection.UpgradeFrom {
  /** Read at once. */
  private static final int CHUNK = 8192;

  /** Bytes of a buffer that has room for what clients usually send at once. */
  private static final int USUAL = 2048;

  private static final Logger LOG = LoggerFactory.getLogger(FirstLineConnection.class);

  private final Connector connector;
  private final ConnectionFactory http;
  private final LineDialect lines;
  private final FirstLine line;
  private final int limit;
  private @Nullable LineExchange exchange;
  private @Nullable ByteBuffer handedOver;
  private final AtomicLong received = new AtomicLong();
  private volatile int messages;

  FirstLineConnection(
      EndPoint endPoint,
      Connector connector,
      ConnectionFactory http,
      LineDialect lines,
      int limit) {
    super(endPoint, connector.getExecutor());
    this.connector = connector;
    this.http = http;
    this.lines = lines;
    this.line = new FirstLine(limit);
    this.limit = limit;
  }

  @Override
  public void onOpen() {
    super.onOpen();
    fillInterested();
  }

  @Override
  public void onFillable() {
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
    try {
      while (true) {
        buffer.clear().limit(0);
        int filled = getEndPoint().fill(buffer);
        if (filled < 0) {
          inputEnded();
          return;
        }
        if (filled == 0) {
          fillInterested();
          return;
        }
        if (exchange == null) {
          received.addAndGet(filled);
          if (!wantsMore(buffer)) {
            return;
          }
        }
      }
    } catch (IOException e) {
      inputEnded();
    } catch (RuntimeException e) {
      LOG.error("a defect in lockexd", e);
      getEndPoint().close();
      inputEnded();
    }
  }

  /** Whether there is more to read here; behind a line without a version it is dropped. */
  private boolean wantsMore(ByteBuffer buffer) throws IOException {
    switch (line.add(buffer)) {
      case FirstLine.LineKind.Unfinished() -> {
        return true;
      }
      case FirstLine.LineKind.Hopeless() -> getEndPoint().close();
      case FirstLine.LineKind.Http(ByteBuffer bytes) -> {
        ByteBuffer all = withMore(bytes, buffer);
        handedOver = all;
        Connection next = http.newConnection(connector, getEndPoint());
        if (next instanceof AbstractConnection jetty) {
          // It keeps its buffer while the client waits for a lock.
          jetty.setInputBufferSize(Math.max(USUAL, all.remaining()));
        }
        getEndPoint().upgrade(next);
      }
      case FirstLine.LineKind.Bare(String target) -> {
        messages = 1;
        getEndPoint().setIdleTimeout(0);
        LineExchange request = new LineExchange(getEndPoint(), connector.getScheduler(), target);
        exchange = request;
        lines.handle(request);
        return true;
      }
    }
    return false;
  }

  /**
   * What has come behind the bytes, too, as far as Jetty's buffer has room. Where the bytes that
   * Jetty is given are no request and more are there to read, it may close before it answers.
   */
  private ByteBuffer withMore(ByteBuffer bytes, ByteBuffer buffer) throws IOException {
    ByteBuffer all = bytes;
    for (int room = most(limit) - all.remaining(); room > 0; room = most(limit) - all.remaining()) {
      ByteBuffer more = buffer.clear().slice(0, Math.min(room, CHUNK)).limit(0);
      int filled = getEndPoint().fill(more);
      if (filled <= 0) {
        break;
      }
      received.addAndGet(filled);
      all = ByteBuffer.allocate(all.remaining() + filled).put(all).put(more).flip();
    }
    return all;
  }

  /** How many bytes Jetty may be handed, where a header may have {@code limit}. */
  static int most(int limit) {
    return limit + FirstLine.SURPLUS + CHUNK;
  }

  /** A line that ends without its line feed may be the half of one. */
  private void inputEnded() {
    if (exchange == null) {
      getEndPoint().close();
    } else {
      exchange.inputEnded();
    }
  }

  @Override
  public void onFillInterestedFailed(Throwable cause) {
    inputEnded();
  }

  @Override
  public @Nullable ByteBuffer onUpgradeFrom() {
    return handedOver;
  }

  @Override
  public long getMessagesIn() {
    return messages;
  }

  @Override
  public long getBytesIn() {
    return received.get();
  }
}
