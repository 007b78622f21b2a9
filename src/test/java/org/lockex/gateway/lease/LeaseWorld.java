package org.lockex.gateway.lease;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.DeleteRequest;
import org.apache.zookeeper.proto.SetDataRequest;
import org.lockex.fixture.DeafListener;
import org.lockex.gateway.async.AsyncRuntime;
import org.lockex.gateway.async.SerialExecutor;
import org.lockex.znode.Contender;
import org.lockex.znode.GrantSightings;
import org.lockex.znode.LockId;
import org.lockex.znode.Metadata;

/**
 * Some lockexds over one fake ZooKeeper, all in one thread: what happens next is drawn by a seed,
 * and at one of the requests there is a fault. It watches that no two hold one lock.
 */
final class LeaseWorld {
  static final String ROOT = "/lockex";

  /** What goes wrong at one request. */
  enum Fault {
    NONE,
    LOST_BEFORE,
    LOST_AFTER,
    LOST_AND_DONE_LATE,
    LOST_UNHEARD,
    SESSION_OVER,
    SESSION_OVER_AFTER,
    TARGET_DELETED,
    TARGET_CREATED,
    TARGET_REWRITTEN,
    CONTAINERS_REAPED
  }

  private final class DefectiveListener extends DeafListener {
    @Override
    public void granted(long waitedNanos) {
      if (defects > 0) {
        defects--;
        throw new IllegalStateException("a defect, as the test wants it");
      }
    }
  }

  /** A request whose fate is watched. */
  static final class Watched {
    final PendingLease pending;
    int outcomes;
    Optional<LeaseOutcome> outcome = Optional.empty();

    Watched(PendingLease pending) {
      this.pending = pending;
    }
  }

  final FakeTime time = new FakeTime();
  final FakeZooKeeper server =
      new FakeZooKeeper(ROOT, () -> Duration.ofNanos(time.now()).toMillis());
  final List<FakeSession> sessions = new ArrayList<>();
  final List<Leases> gateways = new ArrayList<>();
  final List<Watched> requests = new ArrayList<>();

  /** Who held a lock that was taken; to be checked, because nobody hears what a future throws. */
  final List<String> overlaps = new ArrayList<>();

  private final Map<String, Long> holders = new LinkedHashMap<>();
  private final Random random;
  private final int concurrency;
  private final Fault fault;
  private final int faultAt;
  private boolean faultDone;

  /** How many of the next grants throw. */
  int defects;

  private int taken;

  /**
   * A world with {@code count} lockexds, started.
   *
   * @param faultAt the number of the request, of all clients, at which {@code fault} happens
   */
  LeaseWorld(long seed, int count, int concurrency, Fault fault, int faultAt) {
    this.random = new Random(seed);
    this.concurrency = concurrency;
    this.fault = fault;
    this.faultAt = faultAt;
    for (int i = 0; i < count; i++) {
      start();
    }
    settle();
  }

  /** One more lockexd, on a host of its own. */
  Leases start() {
    return start("boot" + sessions.size());
  }

  /** One more lockexd, on that host since that boot. */
  Leases start(String boot) {
    FakeSession session = new FakeSession(server, sessions.size() + 1);
    Leases leases =
        new Leases(
            new AsyncRuntime(
                session,
                new SerialExecutor(),
                time,
                time::now,
                () -> Instant.ofEpochSecond(1_000_000_000).plusNanos(time.now()),
                () -> new UUID(random.nextLong(), random.nextLong())),
            ROOT,
            ROOT + "-tokens",
            new LeaseLimits(1000, 1000, 1000, 1000),
            new Contender("gw" + sessions.size(), 1, "", "lockexd", Instant.EPOCH, "test"),
            Metadata.ALL,
            new GrantSightings(boot, time::now),
            new DefectiveListener());
    sessions.add(session);
    gateways.add(leases);
    try {
      leases.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return leases;
  }

  /** Asks for a lease at gateway {@code gateway}. */
  Watched acquire(int gateway, String lock, Duration wait, Duration lifetime, Duration grace) {
    LeaseRequest wanted =
        new LeaseRequest(
            LockId.of(lock),
            concurrency,
            "test",
            "client",
            "r" + requests.size(),
            Optional.empty(),
            wait,
            lifetime,
            grace);
    Watched watched = new Watched(gateways.get(gateway).acquire(wanted));
    requests.add(watched);
    var _ =
        watched
            .pending
            .outcome()
            .thenAccept(outcome -> {
              watched.outcomes++;
              watched.outcome = Optional.of(outcome);
              if (outcome instanceof LeaseOutcome.Granted granted) {
                holds(granted.lease().uid(), lifetime);
              }
            });
    return watched;
  }

  private void holds(String uid, Duration lifetime) {
    holders.values().removeIf(end -> end <= time.now());
    if (holders.size() >= concurrency) {
      overlaps.add(uid + " holds beside " + holders.keySet());
    }
    holders.put(uid, time.now() + lifetime.toNanos());
  }

  /** From now on nobody may rely on it. */
  void noLongerHolds(String uid) {
    holders.remove(uid);
  }

  /** All who hold give their lease back, at any gateway. */
  void releaseAll(int gateway) {
    for (Watched watched : requests) {
      if (watched.outcome.orElse(null) instanceof LeaseOutcome.Granted granted) {
        noLongerHolds(granted.lease().uid());
        var _ =
            gateways.get(gateway).removal().release(granted.lease().lock(), granted.lease().uid());
      }
    }
  }

  int taken() {
    return taken;
  }

  /** Lets everything happen that needs no time. */
  void settle() {
    while (step()) {
      if (taken > 100_000) {
        throw new AssertionError("it never comes to rest");
      }
    }
  }

  /** As {@link #settle}, but without the client of gateway {@code cutOff}. */
  void settleBut(int cutOff) {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (int i = 0; i < sessions.size(); i++) {
        FakeSession session = sessions.get(i);
        if (i != cutOff && (session.hasRequest() || session.hasMessage())) {
          session.takeAndDeliver();
          moved = true;
        }
      }
    }
  }

  /** Lets everything happen within {@code duration}. */
  void pass(Duration duration) {
    long end = time.now() + duration.toNanos();
    settle();
    while (time.runNext(end)) {
      settle();
    }
    time.jumpTo(end);
  }

  /** Lets time pass in which no request, reply or event moves. */
  void passWithout(Duration duration) {
    long end = time.now() + duration.toNanos();
    boolean more = true;
    while (more) {
      more = time.runNext(end);
    }
    time.jumpTo(end);
  }

  private boolean step() {
    List<Runnable> possible = new ArrayList<>();
    for (FakeSession session : sessions) {
      if (session.hasMessage()) {
        possible.add(session::deliver);
      }
      if (session.hasRequest()) {
        possible.add(() -> take(session));
      }
      if (!session.connected()) {
        possible.add(session::connect);
      }
    }
    if (possible.isEmpty()) {
      return false;
    }
    possible.get(random.nextInt(possible.size())).run();
    return true;
  }

  private void take(FakeSession session) {
    if (taken++ != faultAt || faultDone) {
      session.take();
      return;
    }
    faultDone = true;
    switch (fault) {
      case NONE -> session.take();
      case LOST_BEFORE -> session.lose(false, false);
      case LOST_AFTER -> session.lose(true, false);
      case LOST_UNHEARD -> session.loseUnheard(random.nextInt(session.messages() + 1));
      case LOST_AND_DONE_LATE -> session.loseUndone();
      case SESSION_OVER -> session.lose(false, true);
      case SESSION_OVER_AFTER -> session.lose(true, true);
      case TARGET_DELETED -> {
        session.nextWrites().forEach(op -> target(op).ifPresent(this::delete));
        session.take();
      }
      case TARGET_CREATED -> {
        session.nextWrites().forEach(this::createBefore);
        session.take();
      }
      case TARGET_REWRITTEN -> {
        session.nextWrites().forEach(op -> target(op).ifPresent(this::rewrite));
        session.take();
      }
      case CONTAINERS_REAPED -> {
        server.reap();
        session.take();
      }
    }
  }

  /** The node that must be there for {@code op}. */
  private static Optional<String> target(Op op) {
    return switch (op.toRequestRecord()) {
      case DeleteRequest delete -> Optional.of(delete.getPath());
      case SetDataRequest set -> Optional.of(set.getPath());
      default -> Optional.empty();
    };
  }

  /** An administrator deletes a contender, or somebody a lock's node. */
  private void delete(String path) {
    if (server.exists(path) && !path.equals(ROOT)) {
      if (path.contains("/_c_")) {
        noLongerHolds(uid(path));
      }
      FakeZooKeeper.Answer _ = server.write(List.of(Op.delete(path, -1)), 0);
    }
  }

  private void rewrite(String path) {
    if (server.exists(path)) {
      FakeZooKeeper.Answer _ = server.write(List.of(Op.setData(path, server.data(path), -1)), 0);
    }
  }

  private void createBefore(Op op) {
    if (op.toRequestRecord() instanceof CreateRequest create
        && op.getType() == ZooDefs.OpCode.createContainer) {
      FakeZooKeeper.Answer _ =
          server.write(
              List.of(
                  Op.create(
                      create.getPath(),
                      new byte[0],
                      ZooDefs.Ids.OPEN_ACL_UNSAFE,
                      CreateMode.CONTAINER)),
              0);
    }
  }

  /** Nodes of requests that were told that they do not hold the lock. */
  List<String> orphans() {
    return contenders().stream()
        .filter(path ->
            requests.stream()
                .filter(request -> request.outcome.isPresent())
                .filter(request -> !(request.outcome.get() instanceof LeaseOutcome.Granted))
                .anyMatch(request -> uid(path).equals(request.pending.uid())))
        .toList();
  }

  private static String uid(String path) {
    int at = path.lastIndexOf("/_c_") + 4;
    return path.substring(at, at + 36).replace("-", "");
  }

  /** The nodes of contenders that are there. */
  List<String> contenders() {
    return server.paths().stream().filter(path -> path.contains("_c_")).toList();
  }
}
