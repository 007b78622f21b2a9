package org.lockex.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.jspecify.annotations.Nullable;
import org.lockex.simulation.Request.Answer;

/**
 * ZooKeeper's client: one session, over one connection after another. What it tells its user comes
 * one after another on its event thread. When a connection is lost, so is all that was not answered
 * on it; what is asked after that waits for the next one.
 */
final class Client {
  /** Hears of the session. */
  interface Listener {
    void connected();

    /** The connection is lost; also told after each that did not come about. */
    void disconnected();

    void expired();

    void changed(EventType type, String path);
  }

  private record Waiting(Request request, Consumer<Answer> reply) {}

  private final Ensemble ensemble;
  private final SimulatedProcess process;
  private final Random random;
  private final Listener listener;
  private final long asked;
  private final List<Server> servers;
  private final Deque<Waiting> outgoing = new ArrayDeque<>();
  private final Deque<Waiting> pending = new ArrayDeque<>();
  private final Set<String> trees = new LinkedHashSet<>();
  private final Set<String> nodes = new LinkedHashSet<>();
  private final Set<String> children = new LinkedHashSet<>();

  private @Nullable Connection link;
  private @Nullable ServerConnection server;
  private long session;
  private long timeout;
  private long zxid;
  private long heardAt;
  private long sentAt;
  private long toldUntil;
  private int tried;
  private int failed;
  private boolean over;

  /**
   * Begins to connect.
   *
   * @param timeout of the session, as it is asked for, in nanoseconds
   */
  Client(
      Ensemble ensemble, SimulatedProcess process, Random random, long timeout, Listener listener) {
    this.ensemble = ensemble;
    this.process = process;
    this.random = random;
    this.asked = timeout;
    this.timeout = timeout;
    this.listener = listener;
    this.servers = new ArrayList<>(ensemble.servers());
    Collections.shuffle(servers, random);
    connect();
  }

  /** The id of the session; zero before there is one. */
  long session() {
    return session;
  }

  /** How long the session outlives the connection, in nanoseconds. */
  long timeout() {
    return timeout;
  }

  /** Whether requests are sent at once. */
  boolean connected() {
    return server != null;
  }

  boolean over() {
    return over;
  }

  /** Runs on the event thread, which may lag. */
  private void tell(Runnable what) {
    long now = ensemble.time().now();
    long lag = random.nextInt(50) == 0 ? 20 * VirtualTime.MILLI : 50 * VirtualTime.MICRO;
    toldUntil = Math.max(toldUntil, now + (long) (random.nextDouble() * lag));
    ensemble.time().at(toldUntil, () -> process.run(what));
  }

  private void connect() {
    if (over || !process.alive()) {
      return;
    }
    Server next = servers.get(tried++ % servers.size());
    Connection mine = ensemble.network().connect(process, next.process());
    link = mine;
    mine.toClient().onEnd(() -> lost(mine));
    Server.ConnectRequest first = new Server.ConnectRequest(session, zxid, asked);
    mine.toServer().send(() -> next.accept(mine, this, first));
    long patience =
        Math.min(4 * VirtualTime.SECOND, (250 * VirtualTime.MILLI) << Math.min(failed, 4));
    process.after(
        patience,
        () -> {
          if (link == mine && server == null) {
            lost(mine);
          }
        });
  }

  /** The server has a session for us. */
  void established(Connection on, ServerConnection at, long id, long granted) {
    if (on != link) {
      return;
    }
    server = at;
    session = id;
    timeout = granted;
    failed = 0;
    heardAt = process.host().nanos();
    if (!trees.isEmpty() || !nodes.isEmpty() || !children.isEmpty()) {
      Request again =
          new Request.SetWatches(
              zxid,
              new LinkedHashSet<>(trees),
              new LinkedHashSet<>(nodes),
              new LinkedHashSet<>(children));
      nodes.clear();
      children.clear();
      send(new Waiting(again, answer -> {}));
    }
    tell(listener::connected);
    while (!outgoing.isEmpty()) {
      send(outgoing.remove());
    }
    watchTheServer(on);
  }

  private void watchTheServer(Connection on) {
    if (on != link || over) {
      return;
    }
    long now = process.host().nanos();
    if (now - heardAt >= 2 * timeout / 3) {
      lost(on);
      return;
    }
    if (now - sentAt >= timeout / 3) {
      send(new Waiting(new Request.Ping(), answer -> {}));
    }
    long ping = sentAt + timeout / 3 - now;
    long silence = heardAt + 2 * timeout / 3 - now;
    process.after(Math.max(1, Math.min(ping, silence)), () -> watchTheServer(on));
  }

  private void send(Waiting request) {
    Connection on = link;
    ServerConnection at = server;
    if (on == null || at == null) {
      outgoing.add(request);
      return;
    }
    sentAt = process.host().nanos();
    pending.add(request);
    on.toServer().send(() -> at.ask(request.request(), answer -> answered(on, request, answer)));
  }

  private void answered(Connection on, Waiting request, Answer answer) {
    if (on != link) {
      return;
    }
    heardAt = process.host().nanos();
    pending.remove();
    zxid = Math.max(zxid, answer.zxid());
    remember(request.request(), answer);
    if (!(request.request() instanceof Request.Ping)) {
      tell(() -> request.reply().accept(answer));
    }
  }

  private void remember(Request request, Answer answer) {
    switch (request) {
      case Request.Watch(String path) when answer.code() == Code.OK -> trees.add(path);
      case Request.Exists(String path, boolean watches) when watches -> nodes.add(path);
      case Request.Read(var ops, boolean watches) when watches -> {
        for (int i = 0; i < ops.size(); i++) {
          if (answer.results().get(i) instanceof OpResult.GetChildrenResult) {
            children.add(ops.get(i).getPath());
          } else if (answer.results().get(i) instanceof OpResult.GetDataResult) {
            nodes.add(ops.get(i).getPath());
          }
        }
      }
      default -> {}
    }
  }

  /** A watch tells. */
  void changed(Connection on, EventType type, String path) {
    if (on == link) {
      heardAt = process.host().nanos();
      if (type == EventType.NodeChildrenChanged || type == EventType.NodeDeleted) {
        children.remove(path);
      }
      if (type != EventType.NodeChildrenChanged) {
        nodes.remove(path);
      }
      tell(() -> listener.changed(type, path));
    }
  }

  private void lost(Connection on) {
    if (on != link || over) {
      return;
    }
    on.closeByClient();
    link = null;
    server = null;
    loseAll(Code.CONNECTIONLOSS);
    tell(listener::disconnected);
    failed++;
    long pause = failed % servers.size() == 0 ? VirtualTime.SECOND : 20 * VirtualTime.MILLI;
    process.after((long) (random.nextDouble() * pause), this::connect);
  }

  private void loseAll(Code code) {
    List<Waiting> lost = new ArrayList<>(pending);
    lost.addAll(outgoing);
    pending.clear();
    outgoing.clear();
    lost.stream()
        .filter(one -> !(one.request() instanceof Request.Ping))
        .forEach(one -> tell(() -> one.reply().accept(Answer.of(code))));
  }

  /** The server does not know our session any more. */
  void sessionIsOver(Connection on) {
    if (on == link && !over) {
      over = true;
      on.closeByClient();
      link = null;
      server = null;
      tell(listener::expired);
      // The client closes its socket and sleeps before it tells what has become of requests.
      process.after(random.nextInt(200) * VirtualTime.MILLI, () -> loseAll(Code.SESSIONEXPIRED));
    }
  }

  /** Asks the server, now or on the next connection. */
  void request(Request request, Consumer<Answer> reply) {
    if (!over) {
      send(new Waiting(request, reply));
    } else if (random.nextBoolean()) {
      reply.accept(Answer.of(Code.SESSIONEXPIRED));
    } else {
      tell(() -> reply.accept(Answer.of(Code.SESSIONEXPIRED)));
    }
  }

  /** Leaves its server for another one, because it is too quiet. */
  void reconnect() {
    Connection on = link;
    if (on != null) {
      lost(on);
    }
  }

  /** Ends the session; nothing more is heard. */
  void close() {
    Connection on = link;
    if (!over && on != null && server != null) {
      send(new Waiting(new Request.Close(), answer -> {}));
    }
    over = true;
    if (on != null) {
      link = null;
      server = null;
      on.closeByClient();
    }
  }
}
