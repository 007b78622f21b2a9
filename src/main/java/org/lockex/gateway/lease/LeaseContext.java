package org.lockex.gateway.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.Stat;
import org.lockex.gateway.async.AsyncRuntime;
import org.lockex.gateway.async.AsyncZooKeeper;
import org.lockex.gateway.async.NodeReader;
import org.lockex.gateway.async.SerialExecutor;
import org.lockex.gateway.async.StepSubject;
import org.lockex.gateway.async.StepTimer;
import org.lockex.gateway.async.TaskScheduler.ScheduledTask;
import org.lockex.gateway.async.TransactionQueue;
import org.lockex.znode.GrantSightings;

/** What the parts of the lease model share; used within a step of {@link SerialExecutor} only. */
final class LeaseContext {
  private final AsyncRuntime runtime;
  private final LeaseLimits limits;
  private final GrantSightings sightings;
  private final TransactionQueue transactions;
  private final LockMirror mirror;
  private final TokenBases tokens;
  private final NodeReader reader;
  private final StepTimer timer;
  private final LeaseStatistics statistics;
  private final Map<String, PendingLease> pending = new HashMap<>();
  private final Map<String, Integer> waiting = new HashMap<>();
  private boolean connected;
  private Optional<Code> refusal = Optional.empty();
  private Runnable onConnected = () -> {};

  LeaseContext(
      AsyncRuntime runtime,
      LeaseLimits limits,
      GrantSightings sightings,
      LockMirror mirror,
      TokenBases tokens,
      LeaseStatistics statistics) {
    this.runtime = runtime;
    this.limits = limits;
    this.sightings = sightings;
    this.mirror = mirror;
    this.tokens = tokens;
    this.statistics = statistics;
    this.transactions = new TransactionQueue(runtime.zooKeeper(), runtime.executor());
    this.reader = new NodeReader(runtime.zooKeeper(), runtime.executor());
    this.timer = new StepTimer(runtime);
  }

  AsyncZooKeeper zooKeeper() {
    return runtime.zooKeeper();
  }

  /**
   * A grant's data with the mark of this host and this moment in it: whoever comes after us here
   * knows how old the grant is, though we are gone.
   */
  byte[] marked(byte[] grant) {
    return sightings.addedTo(grant).orElse(grant);
  }

  TransactionQueue transactions() {
    return transactions;
  }

  LockMirror mirror() {
    return mirror;
  }

  TokenBases tokens() {
    return tokens;
  }

  NodeReader reader() {
    return reader;
  }

  LeaseStatistics statistics() {
    return statistics;
  }

  /** The monotonic clock, in nanoseconds. */
  long now() {
    return timer.now();
  }

  /** For people. */
  Instant wallTime() {
    return runtime.wallClock().instant();
  }

  /** Makes a step that concerns the lock of that name. */
  void run(String lock, Runnable step) {
    runtime.executor().run(StepSubject.of(lock), step);
  }

  /** Makes a step that concerns {@code request}, which ends as unavailable if it throws. */
  void run(PendingLease request, Runnable step) {
    runtime.executor().run(subject(request), step);
  }

  void run(StepSubject subject, Runnable step) {
    runtime.executor().run(subject, step);
  }

  /** Within a step: a part of it that concerns {@code request} alone. */
  void guard(PendingLease request, Runnable part) {
    runtime.executor().guard(subject(request), part);
  }

  /** Within a step: a part of it that concerns {@code subject} alone. */
  void guard(StepSubject subject, Runnable part) {
    runtime.executor().guard(subject, part);
  }

  /** Runs {@code answer} when the step is over. */
  void afterwards(Runnable answer) {
    runtime.executor().afterwards(answer);
  }

  /** Makes a step that concerns {@code request} later. */
  ScheduledTask after(Duration delay, PendingLease request, Runnable step) {
    return timer.after(delay, subject(request), step);
  }

  /** Makes a step that concerns the lock of that name later. */
  ScheduledTask after(Duration delay, String lock, Runnable step) {
    return timer.after(delay, StepSubject.of(lock), step);
  }

  /** Makes a step that concerns the lock of that name at a time of the monotonic clock. */
  ScheduledTask at(long when, String lock, Runnable step) {
    return timer.at(when, StepSubject.of(lock), step);
  }

  /** A step that fails ends {@code request} as unavailable. */
  StepSubject subject(PendingLease request) {
    return new StepSubject(request.lock(), () -> failed(request));
  }

  /**
   * After a defect: the client is told, and what the request has in ZooKeeper goes. What is still
   * on its way there goes when its reply arrives.
   */
  private void failed(PendingLease request) {
    remove(request);
    if (request.isPromised()) {
      return;
    }
    request.abort();
    tell(request, new LeaseOutcome.Unavailable());
    Optional<MirroredNode> node =
        request.node().or(() -> mirror.known(request.lock()).flatMap(l -> l.byUid(request.uid())));
    if (node.isPresent()) {
      transactions.submitAlone(
          new TransactionQueue.Work(
              StepSubject.of(request.lock()),
              List.of(Op.delete(node.get().path(), -1)),
              "",
              (code, results, zxid) -> {}));
    }
  }

  /** Answers the client; what is in ZooKeeper may still have to be put right. */
  void tell(PendingLease request, LeaseOutcome outcome) {
    request.cancelTimers();
    if (request.decide(outcome)) {
      if (outcome instanceof LeaseOutcome.TimedOut) {
        statistics.timedOut(request.lock());
      }
      afterwards(() -> request.answer(outcome));
    }
  }

  /** It has a place: its client knows the ticket from now on, and may come back for the rest. */
  void tellPlace(PendingLease request) {
    if (!request.wanted().grace().isZero()) {
      afterwards(() -> request.joined().complete(true));
    }
  }

  /** Our own requests by uid, from their arrival to their grant or end. */
  Map<String, PendingLease> pending() {
    return Collections.unmodifiableMap(pending);
  }

  /** The request whose node has that uid, if it is one of ours. */
  Optional<PendingLease> pending(String uid) {
    return Optional.ofNullable(pending.get(uid));
  }

  /** The limit that a new request would break. */
  Optional<LeaseLimits.Reached> reached(LeaseRequest wanted) {
    if (pending.size() >= limits.waiting()) {
      return Optional.of(LeaseLimits.Reached.WAITING);
    }
    if (mirror.size() >= limits.locks() && mirror.known(wanted.lock().value()).isEmpty()) {
      return Optional.of(LeaseLimits.Reached.LOCKS);
    }
    if (waiting.getOrDefault(wanted.client(), 0) >= limits.waitingPerClient()) {
      return Optional.of(LeaseLimits.Reached.WAITING_OF_CLIENT);
    }
    return mayHoldMore(wanted.client())
        ? Optional.empty()
        : Optional.of(LeaseLimits.Reached.GRANTS_OF_CLIENT);
  }

  /** Whether that client may be given one grant more. */
  boolean mayHoldMore(String client) {
    return mirror.grantsOf(client) < limits.grantsPerClient();
  }

  void put(PendingLease request) {
    pending.put(request.uid(), request);
    waiting.merge(request.wanted().client(), 1, Integer::sum);
  }

  void remove(PendingLease request) {
    if (pending.remove(request.uid(), request)) {
      waiting.computeIfPresent(
          request.wanted().client(), (client, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Whether that node belongs to our session and to no request, which happens after a defect. */
  boolean isAbandoned(MirroredNode node) {
    return !pending.containsKey(node.uid()) && node.isOfSession(zooKeeper().session());
  }

  /** Whether the mirror is what is in ZooKeeper, and requests can be sent. */
  boolean connected() {
    return connected;
  }

  void connected(boolean now) {
    connected = now;
    if (now) {
      refusal = Optional.empty();
      afterwards(onConnected);
    }
  }

  /** Runs {@code listener}, outside of steps, whenever requests can be sent again. */
  void onConnected(Runnable listener) {
    onConnected = listener;
  }

  /** Why ZooKeeper does not let us read the locks, if it has said so since we could. */
  Optional<Code> refusal() {
    return refusal;
  }

  void refused(Code why) {
    refusal = Optional.of(why);
  }

  /** What is known of a persistent node that transaction {@code zxid} has made. */
  static Stat persistent(long zxid) {
    Stat stat = new Stat();
    stat.setCzxid(zxid);
    return stat;
  }

  /** What is known of a node of our session that transaction {@code zxid} has made. */
  Stat ephemeral(long zxid) {
    Stat stat = persistent(zxid);
    stat.setEphemeralOwner(zooKeeper().session());
    return stat;
  }
}
