package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.lockex.gateway.async.AsyncZooKeeper;

/**
 * A client of a {@link FakeZooKeeper}: requests lie in a queue until the test lets the server take
 * one, replies and events in another until the test lets the client have one.
 */
final class FakeSession implements AsyncZooKeeper {
  static final Duration TIMEOUT = Duration.ofSeconds(6);

  /** A request on its way. */
  private record Request(
      List<Op> ops,
      boolean write,
      boolean ordered,
      Runnable before,
      Consumer<FakeZooKeeper.Answer> reply) {}

  /**
   * A reply or an event on its way to the client.
   *
   * @param lost what the client is told should the connection go before; nothing for an event
   */
  private record Message(Runnable arrives, Optional<Runnable> lost) {}

  private final FakeZooKeeper server;
  private final Deque<Request> out = new ArrayDeque<>();
  private final Deque<Message> in = new ArrayDeque<>();
  private final FakeZooKeeper.Watch watch = this::event;
  private ZooKeeperListener listener;
  private long session;
  private boolean connected;
  private Optional<List<Op>> late = Optional.empty();
  private boolean expired;
  private Code refused = Code.OK;
  private int taken;

  FakeSession(FakeZooKeeper server, long session) {
    this.server = server;
    this.session = session;
  }

  private void event(EventType type, String path) {
    if (connected) {
      in.add(new Message(() -> listener.changed(type, path), Optional.empty()));
    }
  }

  @Override
  public void open(ZooKeeperListener hears) {
    listener = hears;
    connected = true;
    tell(() -> hears.connected(true));
  }

  @Override
  public List<ACL> acl() {
    return ZooDefs.Ids.OPEN_ACL_UNSAFE;
  }

  @Override
  public long session() {
    return session;
  }

  @Override
  public Duration timeout() {
    return TIMEOUT;
  }

  @Override
  public void multi(List<Op> ops, MultiReply reply) {
    out.add(
        new Request(ops, true, true, () -> {}, a -> reply.done(a.code(), results(a), a.zxid())));
  }

  @Override
  public void read(List<Op> ops, MultiReply reply) {
    out.add(
        new Request(ops, false, false, () -> {}, a -> reply.done(a.code(), results(a), a.zxid())));
  }

  private static List<OpResult> results(FakeZooKeeper.Answer answer) {
    return AsyncZooKeeper.lost(answer.code()) ? null : answer.results();
  }

  @Override
  public void barrier(String path, Consumer<Code> reply) {
    out.add(new Request(List.of(), false, false, () -> {}, a -> reply.accept(a.code())));
  }

  @Override
  public void sync(String path, Consumer<Code> reply) {
    out.add(new Request(List.of(), false, true, () -> {}, a -> reply.accept(a.code())));
  }

  @Override
  public void watch(String path, Consumer<Code> reply) {
    Runnable watches = refused == Code.OK ? () -> server.watch(watch) : () -> {};
    Code code = refused;
    out.add(
        new Request(
            List.of(),
            false,
            false,
            watches,
            a -> reply.accept(a.code() == Code.OK ? code : a.code())));
  }

  /** From now on the server answers that to who wants to watch. */
  void refusesWatches(Code code) {
    refused = code;
  }

  @Override
  public void close() {
    connected = false;
    server.unwatch(watch);
    server.expire(session);
  }

  /** How many requests the server has taken from this client. */
  int taken() {
    return taken;
  }

  boolean hasRequest() {
    return connected && !out.isEmpty();
  }

  boolean hasMessage() {
    return !in.isEmpty();
  }

  boolean connected() {
    return connected;
  }

  /** What the next request would write; nothing if it only reads. */
  List<Op> nextWrites() {
    return out.element().write() ? out.element().ops() : List.of();
  }

  /** Lets the server take the next request. */
  void take() {
    Request request = out.remove();
    taken++;
    FakeZooKeeper.Answer answer = answer(request);
    in.add(
        new Message(
            () -> request.reply().accept(answer),
            Optional.of(() -> request.reply().accept(lost()))));
  }

  /** What the client itself tells, connected or not. */
  private void tell(Runnable what) {
    in.add(new Message(what, Optional.of(what)));
  }

  private FakeZooKeeper.Answer answer(Request request) {
    if (request.ordered()) {
      catchUp();
    }
    request.before().run();
    return request.write() ? server.write(request.ops(), session) : server.read(request.ops());
  }

  /** Lets the client have the next reply or event. */
  void deliver() {
    in.remove().arrives().run();
  }

  /** Lets the server take a request and the client have what has come. */
  void takeAndDeliver() {
    if (hasRequest()) {
      take();
    }
    deliverAll();
  }

  /** Lets the client have all that has come. */
  void deliverAll() {
    while (hasMessage()) {
      deliver();
    }
  }

  /**
   * The connection goes.
   *
   * @param done whether the server still does the next request, whose answer is lost
   * @param over whether the session is over, too
   */
  void lose(boolean done, boolean over) {
    if (done && !out.isEmpty()) {
      taken++;
      Request request = out.remove();
      FakeZooKeeper.Answer _ = answer(request);
      // What the server has sent may arrive or not; here nothing more does.
      tell(() -> request.reply().accept(lost()));
    }
    connected = false;
    List<Request> lost = List.copyOf(out);
    out.clear();
    lost.forEach(request -> tell(() -> request.reply().accept(lost())));
    tell(() -> listener.disconnected());
    if (over) {
      expired = true;
      server.unwatch(watch);
      server.expire(session);
    }
  }

  /** The connection goes, and of what the server has sent only so much has come. */
  void loseUnheard(int arrived) {
    List<Message> sent = List.copyOf(in);
    in.clear();
    in.addAll(sent.subList(0, arrived));
    sent.subList(arrived, sent.size()).forEach(message -> message.lost().ifPresent(this::tell));
    lose(false, false);
  }

  /**
   * The session is over, and what was asked in it is told to be lost only when the answer runs, as
   * ZooKeeper's client does it.
   */
  Runnable expireBeforeAnswers() {
    List<Request> asked = List.copyOf(out);
    out.clear();
    lose(false, true);
    return () -> asked.forEach(request -> request.reply().accept(lost()));
  }

  /** How much is on its way to the client. */
  int messages() {
    return in.size();
  }

  /** A connection does not come about. */
  void failsToConnect() {
    tell(() -> listener.disconnected());
  }

  /**
   * The connection goes while a request is on its way through the servers. It is done before the
   * next that goes the same way, which reads do not.
   */
  void loseUndone() {
    Request request = out.remove();
    taken++;
    tell(() -> request.reply().accept(lost()));
    lose(false, false);
    late = request.write() ? Optional.of(request.ops()) : Optional.empty();
  }

  private void catchUp() {
    late.ifPresent(ops -> {
      FakeZooKeeper.Answer _ = server.write(ops, session);
    });
    late = Optional.empty();
  }

  private static FakeZooKeeper.Answer lost() {
    return new FakeZooKeeper.Answer(Code.CONNECTIONLOSS, List.of(), 0);
  }

  /** The connection is back, with a new session if the old one is over. */
  void connect() {
    connected = true;
    boolean fresh = expired;
    if (expired) {
      expired = false;
      session += 1000;
      tell(() -> listener.expired());
    }
    tell(() -> listener.connected(fresh));
  }
}
