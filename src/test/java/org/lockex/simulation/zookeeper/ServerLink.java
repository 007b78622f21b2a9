package org.lockex.simulation.zookeeper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.apache.jute.BinaryOutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.lockex.simulation.jvm.Link;
import org.lockex.simulation.jvm.SimulatedJvm;
import org.lockex.simulation.jvm.World;

/** One client's connection to a server: both ends, and what is on its way between them. */
final class ServerLink implements Link {
  private final World world;
  private final Paths paths;
  private final SimulatedJvm client;
  private final Server server;
  private final InetSocketAddress address;
  private final Runnable wake;
  private final ArrayDeque<ByteBuffer> arrived = new ArrayDeque<>();

  // The client's end.
  private boolean established;
  private boolean seen;
  private boolean closed;
  private @Nullable String failure;

  // The server's end.
  private boolean isOpen;
  private long session;
  private int timeout;
  private final ArrayDeque<PendingRequest> pending = new ArrayDeque<>();

  private long lastThere;
  private long lastBack;

  ServerLink(
      World world,
      Paths paths,
      SimulatedJvm client,
      Server server,
      InetSocketAddress address,
      Runnable wake) {
    this.world = world;
    this.paths = paths;
    this.client = client;
    this.server = server;
    this.address = address;
    this.wake = wake;
  }

  void connect() {
    there(() -> {
      if (server.accepts()) {
        isOpen = true;
        server.add(this);
        back(() -> established = true);
      } else {
        back(() -> failure = "Connection refused");
      }
    });
  }

  /** In their order; what is sent while the path is cut comes when it is mended. */
  private void there(Runnable what) {
    lastThere = Math.max(lastThere + 1, paths.arrival(client.name(), server.name()));
    world.at(lastThere, () -> server.whenAwake(what));
  }

  private void back(Runnable what) {
    lastBack = Math.max(lastBack + 1, paths.arrival(server.name(), client.name()));
    world.at(
        lastBack,
        () -> {
          if (!closed) {
            what.run();
            wake.run();
          }
        });
  }

  // The client's end.

  @Override
  public InetSocketAddress server() {
    return address;
  }

  @Override
  public boolean isReady() {
    return established && !closed && failure == null;
  }

  @Override
  public boolean hasFailed() {
    return closed || failure != null;
  }

  @Override
  public boolean takeEstablished() {
    boolean first = established && !seen && !closed;
    seen |= first;
    return first;
  }

  @Override
  public boolean hasNews() {
    return closed || failure != null || !arrived.isEmpty() || (established && !seen);
  }

  @Override
  public @Nullable ByteBuffer poll() {
    return closed ? null : arrived.poll();
  }

  @Override
  public void requireOpen() throws IOException {
    if (closed || failure != null) {
      throw new IOException(closed ? "closed" : failure);
    }
  }

  @Override
  public void send(@Nullable RequestHeader header, Record request) {
    if (!closed) {
      there(() -> {
        if (isOpen) {
          server.received(this, header, request);
        }
      });
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      there(this::hangUp);
    }
  }

  /** Its process has died. */
  boolean isOf(SimulatedJvm jvm) {
    return client == jvm;
  }

  // The server's end.

  SimulatedJvm client() {
    return client;
  }

  long session() {
    return session;
  }

  int timeout() {
    return timeout;
  }

  void belongsTo(long id, int timeoutMs) {
    session = id;
    timeout = timeoutMs;
  }

  ArrayDeque<PendingRequest> pending() {
    return pending;
  }

  boolean isOpen() {
    return isOpen;
  }

  /** The server closes it, or hears that it was closed. */
  void hangUp() {
    if (isOpen) {
      isOpen = false;
      server.remove(this);
      pending.clear();
      back(() -> failure = "closed by the server");
    }
  }

  void answer(int xid, long zxid, int error, @Nullable Record response) {
    frame(new ReplyHeader(xid, zxid, error), response);
  }

  void frame(@Nullable ReplyHeader header, @Nullable Record body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryOutputArchive archive = BinaryOutputArchive.getArchive(bytes);
    try {
      if (header != null) {
        header.serialize(archive, "header");
      }
      if (body != null) {
        body.serialize(archive, "response");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] frame = bytes.toByteArray();
    back(() -> arrived.add(ByteBuffer.wrap(frame)));
  }
}
