package org.lockex.gateway.async;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.AsyncCallback.MultiCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.MultiOperationRecord;
import org.apache.zookeeper.MultiResponse;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.lockex.ExitCode;
import org.lockex.security.ClientConfig;
import org.lockex.security.Connectors;
import org.lockex.security.DigestLogin;
import org.lockex.security.ServerRotation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * lockexd's connection to ZooKeeper: one session, and the next one when it has expired. Replies and
 * events come on the event thread of ZooKeeper's own client.
 */
public final class ZooKeeperClient implements AsyncZooKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperClient.class);

  private final ZooKeeperSettings settings;
  private final Connectors connectors;
  private final ServerDemands demands;
  private volatile @Nullable LockexdSession client;
  private volatile boolean closed;

  /** Why the servers do not accept our login. */
  private volatile Optional<String> refusal = Optional.empty();

  /**
   * Not connected yet.
   *
   * @param settings where ZooKeeper is, and how to speak to it
   * @param useless told in one line why lockexd can never work with these servers, and what to exit
   *     with
   */
  public ZooKeeperClient(ZooKeeperSettings settings, BiConsumer<ExitCode, String> useless) {
    this.settings = settings;
    this.connectors = Connectors.of(settings.security());
    this.demands = new ServerDemands(settings.servers(), useless);
  }

  @Override
  public void open(ZooKeeperListener listener) throws IOException {
    CompletableFuture<LockexdSession> made = new CompletableFuture<>();
    LockexdSession next = new LockexdSession(listener, made, settings.choice().get());
    client = next;
    made.complete(next);
  }

  /** {@return why there is no connection, as far as the client has noticed} */
  public Optional<String> trouble() {
    return refusal.or(connectors::failure);
  }

  @Override
  public List<ACL> acl() {
    return settings.security().acl().entries();
  }

  @Override
  public long session() {
    LockexdSession now = client;
    return now == null ? 0 : now.getSessionId();
  }

  @Override
  public Duration timeout() {
    LockexdSession now = client;
    int granted = now == null ? 0 : now.getSessionTimeout();
    return granted > 0 ? Duration.ofMillis(granted) : settings.sessionTimeout();
  }

  @Override
  public void multi(List<Op> ops, MultiReply reply) {
    send(ZooDefs.OpCode.multi, ops, reply);
  }

  @Override
  public void read(List<Op> ops, MultiReply reply) {
    send(ZooDefs.OpCode.multiRead, ops, reply);
  }

  private void send(int type, List<Op> ops, MultiReply reply) {
    LockexdSession now = client;
    if (now == null) {
      reply.done(Code.CONNECTIONLOSS, null, 0);
    } else {
      now.send(type, ops, reply);
    }
  }

  @Override
  public void barrier(String path, Consumer<Code> reply) {
    LockexdSession now = client;
    if (now == null) {
      reply.accept(Code.CONNECTIONLOSS);
    } else {
      now.exists(path, false, (rc, p, c, stat) -> reply.accept(Code.get(rc)), null);
    }
  }

  @Override
  public void sync(String path, Consumer<Code> reply) {
    LockexdSession now = client;
    if (now == null) {
      reply.accept(Code.CONNECTIONLOSS);
    } else {
      now.sync(
          path,
          (rc, p, c) -> {
            demands.judge(rc); // Told to the first request of a session, and this is the first.
            reply.accept(Code.get(rc));
          },
          null);
    }
  }

  @Override
  public void watch(String path, Consumer<Code> reply) {
    LockexdSession now = client;
    if (now == null) {
      reply.accept(Code.CONNECTIONLOSS);
    } else {
      now.addWatch(
          path,
          now.tree,
          AddWatchMode.PERSISTENT_RECURSIVE,
          (rc, p, c) -> {
            demands.judge(rc);
            reply.accept(Code.get(rc));
          },
          null);
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    LockexdSession now = client;
    if (now != null) {
      now.close();
    }
  }

  private final class LockexdSession extends ZooKeeper implements Watcher {
    private final ZooKeeperListener listener;

    /**
     * The client tells every watcher of the connection, too. That is for this session's own watcher
     * alone: told twice, an expired session would be followed by two.
     */
    private final Watcher tree = this::changed;

    private Optional<DigestLogin> login;
    private boolean known;

    /** Events wait until {@code made} is there: the first comes while this is still built. */
    LockexdSession(
        ZooKeeperListener listener, CompletableFuture<LockexdSession> made, ServerRotation servers)
        throws IOException {
      super(
          "localhost", // not used where a HostProvider is given
          Math.toIntExact(settings.sessionTimeout().toMillis()),
          event -> made.join().process(event),
          false,
          servers,
          new ClientConfig(connectors, Optional.of(servers)));
      // As in SessionClient: it sleeps as soon as one connection was made.
      servers.clientSleeps(() -> testableRemoteSocketAddress() != null);
      this.listener = listener;
      this.login = settings.security().login();
      login.ifPresent(shown -> addAuthInfo("digest", shown.secret()));
    }

    /** The public multi hides the zxid, which is the fencing token; so this speaks for itself. */
    void send(int type, List<Op> ops, MultiReply reply) {
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
      if (closed || event.getType() != EventType.None) {
        return;
      }
      KeeperState state = event.getState();
      switch (state) {
        case SyncConnected, SaslAuthenticated -> {
          if (connectors.isDone(state)) {
            refusal = Optional.empty();
            connected();
          }
        }
        case Disconnected -> {
          listener.disconnected();
          showLoginAgain();
        }
        case Expired -> {
          listener.expired();
          reopen();
        }
        case AuthFailed -> {
          // The client ends with it. The servers, or what we log in with, may be mended.
          listener.expired();
          CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(this::loginAgain);
        }
        default -> LOG.warn("ZooKeeper at {}: {}", settings.servers(), state);
      }
    }

    private void connected() {
      boolean fresh = !known;
      known = true;
      if (fresh && settings.security().hasIdentity()) {
        OpenRoot.warn(this, settings.root(), settings.security().acl().entries());
      }
      listener.connected(fresh);
    }

    private void changed(WatchedEvent event) {
      String path = event.getPath();
      if (!closed && event.getType() != EventType.None && path != null) {
        listener.changed(event.getType(), path);
      }
    }

    /** The secret may have been changed while we were connected. */
    private void showLoginAgain() {
      try {
        if (login.isPresent()) {
          DigestLogin now = login.get().again();
          if (!now.isSame(login.get())) {
            login = Optional.of(now);
            addAuthInfo("digest", now.secret());
          }
        }
      } catch (IOException e) {
        LOG.warn("cannot log in to ZooKeeper anew: {}", e.getMessage());
      }
    }

    private void loginAgain() {
      refusal = Optional.of(connectors.refusal(testableRemoteSocketAddress()));
      reopen();
    }

    private void reopen() {
      if (closed) {
        return;
      }
      try {
        open(listener);
      } catch (IOException | RuntimeException e) {
        LOG.error("cannot connect to ZooKeeper at {}: {}", settings.servers(), e.getMessage());
        // There is no session, and nobody else would make one.
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(this::reopen);
      }
    }
  }
}
