package org.lockex.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs;
import org.lockex.gateway.lease.LeaseOutcome;
import org.lockex.gateway.lease.LeaseRequest;
import org.lockex.znode.LockId;

/** Some lockexds over one ensemble, with clients; everything in it comes from one seed. */
final class GatewayWorld {
  private static final long SETTLED = 60 * VirtualTime.SECOND;

  private final VirtualTime time = new VirtualTime();
  private final Trace trace;
  private final Witness witness = new Witness(time);
  private final Network network;
  private final Ensemble ensemble;
  private final List<SimulatedLockexd> gateways = new ArrayList<>();
  private final List<ClientRequest> requests = new ArrayList<>();
  private final Moment atNextMove = new Moment();
  private final Moment atNextLate = new Moment();
  private final Random luck;
  private final Duration timeout;

  /** A release or a delete on its way. */
  private record Removal(SimulatedProcess at, long askedAt, CompletableFuture<?> answer) {}

  private final List<Removal> removals = new ArrayList<>();

  GatewayWorld(GatewayPlan plan, boolean traced) {
    this.trace = new Trace(time, traced);
    this.luck = new Random(plan.seed());
    this.timeout = plan.timeout();
    this.network = new Network(time, new Random(luck.nextLong()));
    this.ensemble = new Ensemble(network, new Random(luck.nextLong()), plan.servers(), plan.tick());
    ensemble.observe(transaction -> {
      trace.say("zk", () -> TraceWords.of(transaction));
      witness.committed(transaction);
      if (isMove(transaction)) {
        atNextMove.take();
      }
      if (isTooLate(transaction)) {
        atNextLate.take();
      }
    });
    for (int i = 0; i < plan.rates().length; i++) {
      gateways.add(lockexd(new Host(time, "gw" + i, plan.rates()[i])));
    }
    ensemble.start();
    run(10 * VirtualTime.SECOND);
    ensemble.write(
        List.of(
            Op.create(
                SimulatedLockexd.ROOT,
                new byte[0],
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.PERSISTENT)));
    run(5 * VirtualTime.SECOND);
    network.slowness(plan.slowness());
  }

  private SimulatedLockexd lockexd(Host host) {
    return new SimulatedLockexd(
        ensemble, host, timeout, new Random(luck.nextLong()), witness, trace);
  }

  /** To be done at a moment of which a plan cannot know when it comes. */
  static final class Moment {
    private final List<Runnable> waiting = new ArrayList<>();

    void then(Runnable what) {
      waiting.add(what);
    }

    private void take() {
      List<Runnable> now = List.copyOf(waiting);
      waiting.clear();
      now.forEach(Runnable::run);
    }
  }

  /** When a transaction next does more than one thing, as a grant does. */
  Moment atNextMove() {
    return atNextMove;
  }

  /** When a node is next created as a grant where somebody was before it. */
  Moment atNextLate() {
    return atNextLate;
  }

  private static boolean isMove(Transaction transaction) {
    return transaction.changes().size() > 2;
  }

  private boolean isTooLate(Transaction transaction) {
    for (Tree.Change change : transaction.changes()) {
      if (change.event() == EventType.NodeCreated
          && change.node() != null
          && change.node().owner() == 0
          && Witness.uid(change.path()).isPresent()
          && transaction.changes().size() == 2
          && ensemble.leader().isPresent()
          && !ensemble.leader().get().tree().children(Tree.parent(change.path())).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  VirtualTime time() {
    return time;
  }

  Network network() {
    return network;
  }

  Ensemble ensemble() {
    return ensemble;
  }

  Witness witness() {
    return witness;
  }

  Trace trace() {
    return trace;
  }

  List<ClientRequest> requests() {
    return requests;
  }

  SimulatedLockexd gateway(int number) {
    return gateways.get(number);
  }

  List<SimulatedLockexd> gateways() {
    return gateways;
  }

  /** Starts the lockexd of that host again, if it does not live. */
  void restart(int number) {
    if (!gateways.get(number).process().alive()) {
      trace.say(gateways.get(number).host(), () -> "starts again");
      gateways.set(number, lockexd(gateways.get(number).host()));
    }
  }

  /** Lets so much time pass, or less where something was violated; false then. */
  boolean run(long nanos) {
    long end = time.now() + nanos;
    while (time.step(end)) {
      if (witness.violation().isPresent()) {
        return false;
      }
    }
    return true;
  }

  /** A client asks for a lock. */
  ClientRequest acquire(int gateway, LeaseRequest wanted) {
    SimulatedLockexd at = gateways.get(gateway);
    ClientRequest request = new ClientRequest(requests.size(), wanted, at.process(), time.now());
    requests.add(request);
    trace.say(at.host(), () -> request + " asks for " + TraceWords.of(wanted));
    at.process().run(() -> ask(at, request));
    return request;
  }

  private void ask(SimulatedLockexd at, ClientRequest request) {
    request.sent(at.leases().acquire(request.wanted()));
    var _ =
        request
            .pending()
            .orElseThrow()
            .outcome()
            .thenAccept(outcome -> {
              request.answered(outcome);
              trace.say(at.host(), () -> request + " is told: " + TraceWords.of(outcome));
              if (outcome instanceof LeaseOutcome.Granted granted) {
                witness.granted(at.host(), granted.lease(), request.wanted().size());
              }
            });
  }

  /** Its client hangs up. */
  void hangUp(ClientRequest request, int gateway) {
    SimulatedLockexd at = gateways.get(gateway);
    if (!request.over() && request.pending().isPresent()) {
      trace.say(at.host(), () -> request + " hangs up");
      at.process().run(() -> at.leases().hangUp(request.pending().get()));
    }
  }

  /** Its client is there to take the turn, or is not. */
  void claim(ClientRequest request, int gateway, boolean claimed) {
    SimulatedLockexd at = gateways.get(gateway);
    if (!request.over() && request.pending().isPresent()) {
      at.process().run(() -> at.leases().claim(request.pending().get(), claimed));
    }
  }

  /** Gives the lease back, at any gateway. */
  void release(ClientRequest request, int gateway) {
    request
        .lease()
        .ifPresent(lease -> {
          SimulatedLockexd at = gateways.get(gateway);
          witness.ends(lease.uid());
          trace.say(at.host(), () -> request + " is released");
          at.process()
              .run(() -> remember(at, at.leases().removal().release(lease.lock(), lease.uid())));
        });
  }

  /** An administrator deletes all at a lock, through that gateway. */
  void deleteAll(String lock, int gateway) {
    SimulatedLockexd at = gateways.get(gateway);
    trace.say(at.host(), () -> "all at " + lock + " are deleted");
    endAll(lock);
    witness.sweeps(lock);
    boolean[] done = {false};
    Runnable swept =
        () -> {
          if (!done[0]) {
            done[0] = true;
            endAll(lock);
            witness.swept(lock);
          }
        };
    at.process()
        .run(() -> {
          CompletableFuture<?> answer = at.leases().removal().deleteAll(LockId.of(lock), "a test");
          remember(at, answer);
          var _ = answer.thenRun(swept);
        });
    // Of one that is killed nobody hears; what it has sent is done by then.
    at.process().atEnd(() -> time.after(SETTLED, swept));
  }

  /** Somebody deletes a contender's node by hand. */
  void deleteByHand(ClientRequest request) {
    request
        .pending()
        .ifPresent(pending -> {
          witness.ends(pending.uid());
          ensemble
              .leader()
              .flatMap(Server::leading)
              .ifPresent(leading ->
                  leading.prepared().paths().stream()
                      .filter(path -> Witness.uid(path).equals(Optional.of(pending.uid())))
                      .forEach(path -> ensemble.write(List.of(Op.delete(path, -1)))));
        });
  }

  /** Whoever is there or may come there until it is done may lose what it has. */
  private void endAll(String lock) {
    requests.stream()
        .filter(request -> request.wanted().lock().value().equals(lock))
        .forEach(request -> request.pending().ifPresent(p -> witness.ends(p.uid())));
  }

  private void remember(SimulatedLockexd at, CompletableFuture<?> answer) {
    removals.add(new Removal(at.process(), time.now(), answer));
  }

  /** After the faults: whatever was cut, stopped or killed is mended, and all are served. */
  void mend() {
    trace.say("world", () -> "the faults end");
    atNextMove.waiting.clear();
    atNextLate.waiting.clear();
    network.healAll();
    network.slowness(VirtualTime.MILLI);
    for (Server server : ensemble.servers()) {
      server.diskFull(false);
      server.diskDelay(200 * VirtualTime.MICRO);
      server.process().goOn();
      server.start();
    }
    for (int i = 0; i < gateways.size(); i++) {
      int number = i;
      gateways.get(i).process().goOn();
      restart(i);
      // One that got SIGTERM while it stood still ends only now.
      time.after(5 * VirtualTime.SECOND, () -> restart(number));
    }
  }

  /** Whether everybody is served, within a bound, and nothing is left. */
  void settle(long longest) {
    mend();
    // What waits for a disk that was slow takes its time yet.
    if (!run(backlog() + SETTLED + longest)) {
      return;
    }
    for (ClientRequest request : requests) {
      if (!request.over()) {
        witness.violated(lock(request) + ": " + request + " was never answered");
      }
    }
    for (Removal removal : removals) {
      if (removal.at().alive() && !removal.answer().isDone()) {
        witness.violated("a release or delete was never answered");
      }
    }
    probe();
  }

  private long backlog() {
    return ensemble.servers().stream().mapToLong(Server::backlog).max().orElse(0);
  }

  /** Every lock can be had through every gateway. */
  private void probe() {
    List<String> locks = requests.stream().map(GatewayWorld::lock).distinct().sorted().toList();
    for (String lock : locks) {
      int size =
          requests.stream()
              .filter(r -> lock(r).equals(lock))
              .findFirst()
              .orElseThrow()
              .wanted()
              .size();
      for (int i = 0; i < gateways.size(); i++) {
        Duration second = Duration.ofSeconds(1);
        LeaseRequest wanted =
            new LeaseRequest(
                LockId.of(lock),
                size,
                "test",
                "probe",
                "probe",
                Optional.empty(),
                second.multipliedBy(20),
                second.multipliedBy(5),
                Duration.ZERO);
        ClientRequest probe = acquire(i, wanted);
        if (!run(2 * VirtualTime.SECOND)) {
          return;
        }
        if (probe.lease().isEmpty()) {
          witness.violated(lock + ": could not be had through " + gateways.get(i).host());
          return;
        }
        release(probe, i);
        if (!run(VirtualTime.SECOND)) {
          return;
        }
      }
    }
    run(10 * VirtualTime.SECOND);
    nothingIsLeft();
  }

  private void nothingIsLeft() {
    for (String path : ensemble.leader().orElseThrow().tree().paths()) {
      if (Witness.uid(path).isPresent()) {
        witness.violated(path + " was left behind");
      }
    }
    for (SimulatedLockexd gateway : gateways) {
      if (gateway.leases().directory().waiting() > 0
          || !gateway.leases().directory().busyNames().isEmpty()
          || !gateway.able()) {
        witness.violated(gateway.host() + " does not know that nobody is there");
      }
    }
  }

  private static String lock(ClientRequest request) {
    return request.wanted().lock().value();
  }
}
