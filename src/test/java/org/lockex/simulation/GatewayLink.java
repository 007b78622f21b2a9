package org.lockex.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;
import org.lockex.gateway.async.AsyncZooKeeper;
import org.lockex.simulation.Request.Answer;

/** What ZooKeeperClient is to a lockexd that serves: one session, and the next when it is over. */
final class GatewayLink implements AsyncZooKeeper {
  private final Ensemble ensemble;
  private final SimulatedProcess process;
  private final Random random;
  private final Duration timeout;
  private @Nullable Client client;
  private final Consumer<String> hears;
  private boolean closed;

  /** {@code hears} is told what becomes of the session, in words. */
  GatewayLink(
      Ensemble ensemble,
      SimulatedProcess process,
      Random random,
      Duration timeout,
      Consumer<String> hears) {
    this.ensemble = ensemble;
    this.process = process;
    this.random = random;
    this.timeout = timeout;
    this.hears = hears;
  }

  @Override
  public void open(ZooKeeperListener listener) {
    client =
        new Client(ensemble, process, random, timeout.toNanos(), new SessionListener(listener));
  }

  /** Of one session. */
  private final class SessionListener implements Client.Listener {
    private final ZooKeeperListener listener;
    private boolean known;

    SessionListener(ZooKeeperListener listener) {
      this.listener = listener;
    }

    @Override
    public void connected() {
      boolean fresh = !known;
      known = true;
      hears.accept(fresh ? "connected, a new session" : "connected again");
      listener.connected(fresh);
    }

    @Override
    public void disconnected() {
      hears.accept("disconnected");
      listener.disconnected();
    }

    @Override
    public void expired() {
      hears.accept("its session is over");
      listener.expired();
      // Other threads may be faster than the one that makes the next session.
      process.after(random.nextInt(200) * VirtualTime.MICRO, this::reopen);
    }

    private void reopen() {
      if (!closed) {
        open(listener);
      }
    }

    @Override
    public void changed(EventType type, String path) {
      listener.changed(type, path);
    }
  }

  @Override
  public List<ACL> acl() {
    return ZooDefs.Ids.OPEN_ACL_UNSAFE;
  }

  @Override
  public long session() {
    return client == null ? 0 : client.session();
  }

  @Override
  public Duration timeout() {
    return client == null ? timeout : Duration.ofNanos(client.timeout());
  }

  @Override
  public void multi(List<Op> ops, MultiReply reply) {
    ask(new Request.Write(ops), answer -> tell(reply, answer));
  }

  @Override
  public void read(List<Op> ops, MultiReply reply) {
    ask(new Request.Read(ops, false), answer -> tell(reply, answer));
  }

  private static void tell(MultiReply reply, Answer answer) {
    boolean lost = AsyncZooKeeper.lost(answer.code());
    reply.done(answer.code(), lost ? null : answer.results(), answer.zxid());
  }

  @Override
  public void barrier(String path, Consumer<Code> reply) {
    ask(new Request.Exists(path, false), answer -> reply.accept(answer.code()));
  }

  @Override
  public void sync(String path, Consumer<Code> reply) {
    ask(new Request.Sync(), answer -> reply.accept(answer.code()));
  }

  @Override
  public void watch(String path, Consumer<Code> reply) {
    ask(new Request.Watch(path), answer -> reply.accept(answer.code()));
  }

  private void ask(Request request, Consumer<Answer> reply) {
    if (client == null) {
      reply.accept(Answer.of(Code.CONNECTIONLOSS));
    } else {
      client.request(request, reply);
    }
  }

  @Override
  public void close() {
    closed = true;
    if (client != null) {
      client.close();
    }
  }
}
