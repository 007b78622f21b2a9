package org.lockex.gateway.lease;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.AsyncCallback.MultiCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.MultiOperationRecord;
import org.apache.zookeeper.MultiResponse;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * lockexd's connection to ZooKeeper: one session, and the next one when it has expired. Every call
 * is asynchronous; replies and events come on one thread in the order in which the server did
 * things, which is what the lock tree is built on (ZooKeeper Programmer's Guide, "Consistency
 * Guarantees": a client sees a watch event before it sees the new state).
 */
final class ZooKeeperClient {
  private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperClient.class);

  /** Hears of the session, one call after another. */
  interface ZooKeeperListener {
    /** Connected; {@code fresh} if this session is new, so that nothing of ours is left. */
    void connected(boolean fresh);

    /** The connection is away, the session perhaps not. */
    void disconnected();

    /** The session is over. */
    void expired();

    /** A node below the watched root changed. */
    void changed(EventType type, String path);
  }

  /** The answer to one request. */
  interface Reply<T> {
    /** {@code result} is there when {@code code} is OK; {@code zxid} is that of the answer. */
    void done(Code code, @Nullable T result, long zxid);
  }

  private final ZooKeeperSettings settings;
  private final ZooKeeperListener listener;
  private volatile @Nullable Client client;
  private volatile boolean closed;

  ZooKeeperClient(ZooKeeperSettings settings, ZooKeeperListener listener) {
    this.settings = settings;
    this.listener = listener;
  }

  /** Starts to connect and returns at once. */
  void open() throws IOException {
    CompletableFuture<Client> made = new CompletableFuture<>();
    Client next = new Client(made);
    client = next;
    made.complete(next);
  }

  /** Who may touch the nodes we create. */
  List<ACL> acl() {
    return settings.digest().isPresent()
        ? ZooDefs.Ids.CREATOR_ALL_ACL
        : ZooDefs.Ids.OPEN_ACL_UNSAFE;
  }

  /** The id of the session; zero before the first. */
  long session() {
    Client now = client;
    return now == null ? 0 : now.getSessionId();
  }

  /** How long the session outlives the connection, as the server granted it. */
  Duration timeout() {
    Client now = client;
    int granted = now == null ? 0 : now.getSessionTimeout();
    return granted > 0 ? Duration.ofMillis(granted) : settings.sessionTimeout();
  }

  /** All of {@code ops} or none, in one transaction whose zxid the reply carries. */
  void multi(List<Op> ops, Reply<List<OpResult>> reply) {
    send(ZooDefs.OpCode.multi, ops, reply);
  }

  /** Several reads in one request; a failed one is an ErrorResult among the results. */
  void read(List<Op> ops, Reply<List<OpResult>> reply) {
    send(ZooDefs.OpCode.multiRead, ops, reply);
  }

  private void send(int type, List<Op> ops, Reply<List<OpResult>> reply) {
    Client now = client;
    if (now == null) {
      reply.done(Code.CONNECTIONLOSS, null, 0);
    } else {
      now.send(type, ops, reply);
    }
  }

  /** Answered after every event that was on its way when it was asked. */
  void barrier(String path, Consumer<Code> reply) {
    Client now = client;
    if (now == null) {
      reply.accept(Code.CONNECTIONLOSS);
    } else {
      now.exists(path, false, (rc, p, c, stat) -> reply.accept(Code.get(rc)), null);
    }
  }

  /** As {@link #barrier}, with everything in it that was done through any server before. */
  void sync(String path, Consumer<Code> reply) {
    Client now = client;
    if (now == null) {
      reply.accept(Code.CONNECTIONLOSS);
    } else {
      now.sync(path, (rc, p, c) -> reply.accept(Code.get(rc)), null);
    }
  }

  /** Tells the listener of every change at or below {@code path}, for as long as the session. */
  void watch(String path, Consumer<Code> reply) {
    Client now = client;
    if (now == null) {
      reply.accept(Code.CONNECTIONLOSS);
    } else {
      now.addWatch(
          path,
          now,
          AddWatchMode.PERSISTENT_RECURSIVE,
          (rc, p, c) -> reply.accept(Code.get(rc)),
          null);
    }
  }

  /** Ends the session and with it every waiting request; what was granted stays. */
  void close() throws InterruptedException {
    closed = true;
    Client now = client;
    if (now != null) {
      now.close();
    }
  }

  private static ZKClientConfig config() {
    ZKClientConfig config = new ClientDefaults();
    config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
    // About 16,000 queue nodes in one list fill the default of 1 MiB.
    config.setProperty(ZKConfig.JUTE_MAXBUFFER, "16777216");
    return config;
  }

  /** The client's defaults, without the system properties that need Netty to be read. */
  private static final class ClientDefaults extends ZKClientConfig {
    @Override
    protected void handleBackwardCompatibility() {}
  }

  private final class Client extends ZooKeeper implements Watcher {
    private boolean known;

    /** Events wait until {@code made} is there: the first comes while this is still built. */
    Client(CompletableFuture<Client> made) throws IOException {
      super(
          settings.servers(),
          Math.toIntExact(settings.sessionTimeout().toMillis()),
          event -> made.join().process(event),
          false,
          config());
      settings
          .digest()
          .ifPresent(login -> addAuthInfo("digest", login.getBytes(StandardCharsets.UTF_8)));
    }

    /** The public multi hides the zxid, which is the fencing token; so this speaks for itself. */
    void send(int type, List<Op> ops, Reply<List<OpResult>> reply) {
      RequestHeader header = new RequestHeader();
      header.setType(type);
      ReplyHeader answer = new ReplyHeader();
      // The client reports the first failed read as the code of all of them.
      MultiCallback callback =
          (rc, path, context, results) ->
              reply.done(
                  type == ZooDefs.OpCode.multiRead && results != null ? Code.OK : Code.get(rc),
                  results,
                  answer.getZxid());
      cnxn.queuePacket(
          header,
          answer,
          new MultiOperationRecord(ops),
          new MultiResponse(),
          callback,
          null,
          null,
          null,
          null);
    }

    @Override
    public void process(WatchedEvent event) {
      if (closed) {
        return;
      }
      if (event.getType() != EventType.None) {
        String path = event.getPath();
        if (path != null) {
          listener.changed(event.getType(), path);
        }
        return;
      }
      KeeperState state = event.getState();
      switch (state) {
        case SyncConnected -> {
          boolean fresh = !known;
          known = true;
          listener.connected(fresh);
        }
        case Disconnected -> listener.disconnected();
        case Expired -> {
          listener.expired();
          reopen();
        }
        default -> LOG.warn("ZooKeeper at {}: {}", settings.servers(), state);
      }
    }

    private void reopen() {
      try {
        open();
      } catch (IOException e) {
        LOG.error("cannot connect to ZooKeeper at {}: {}", settings.servers(), e.getMessage());
      }
    }
  }
}
