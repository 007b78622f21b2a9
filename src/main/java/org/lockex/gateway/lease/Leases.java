package org.lockex.gateway.lease;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.lockex.znode.LockId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease model: grants locks over ZooKeeper to clients that have no session of their own. It
 * knows no wire format. Any number of lockexds may share one ensemble; a lease given by one can be
 * seen and released through every other.
 *
 * <p>A <em>grant is a promise</em>: a persistent node that stays until it is released, deleted by
 * an administrator, or its lifetime is over, whatever becomes of the lockexd that gave it. {@link
 * Queueing} and {@link Granting} say how a request becomes a grant, {@link Leaving} and {@link
 * Expiry} how it ends, {@link PendingLease} which states there are.
 *
 * <p>Nothing here blocks; futures are completed on ZooKeeper's event thread or the timer's.
 */
public final class Leases {
  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

  /** How long a stop waits for ZooKeeper's answers. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final LeaseLimits limits;
  private final Note self;
  private final SerialExecutor turn = new SerialExecutor();
  private final ZooKeeperClient link;
  private final LeaseContext engine;
  private final Queueing queueing;
  private final Granting granting;
  private final Leaving leaving;
  private final GrantExpiry expiry;
  private final LeaseDirectory census;
  private final MirrorEvents events;
  private volatile Runnable changed = () -> {};
  private boolean stopping;

  /**
   * Leases below one root.
   *
   * @param settings where ZooKeeper is, and how to speak to it
   * @param limits how many requests may wait
   * @param self this process, as the queue nodes show it
   * @param version the version of lockex
   * @param counted hears of what happens
   */
  public Leases(
      ZooKeeperSettings settings,
      LeaseLimits limits,
      Note self,
      String version,
      LeaseStatistics.LeaseListener counted) {
    this.limits = limits;
    this.self = self;
    this.link = new ZooKeeperClient(settings, new Session());
    this.engine =
        new LeaseContext(
            turn, link, new LockMirror(settings.root()), new LeaseStatistics(counted), version);
    LockContainers parents = new LockContainers(engine);
    this.granting = new Granting(engine, parents);
    this.queueing = new Queueing(engine, parents, granting);
    this.leaving = granting.leaving();
    this.expiry = granting.expiry();
    this.census = new LeaseDirectory(engine, expiry);
    this.events = new MirrorEvents(engine, parents, queueing, granting);
  }

  /** Starts to connect and returns at once. */
  public void start() throws IOException {
    link.open();
  }

  /** What is known of all locks. */
  public LeaseDirectory census() {
    return census;
  }

  /** Runs {@code listener} after everything that changes a lock; it must not block. */
  public void onChange(Runnable listener) {
    changed = listener;
  }

  /** Deletes one contender, a command too; empty if ZooKeeper is away. */
  public CompletableFuture<Optional<Boolean>> breakOne(LockId lock, String uid) {
    return act(() -> census.lookUp(lock).flatMap(l -> l.byUid(uid)), this::delete);
  }

  /** Asks for a lease. The ticket's outcome comes when it is decided; it never fails. */
  public PendingLease acquire(LeaseRequest wanted) {
    Note note =
        new Note(
            self.host(),
            self.pid(),
            wanted.client(),
            wanted.title(),
            java.time.Instant.now(),
            Optional.of(
                new Note.Terms(
                    wanted.dialect(),
                    wanted.requester(),
                    wanted.patience(),
                    wanted.lifetime(),
                    Optional.empty())));
    PendingLease ticket = new PendingLease(wanted, note, engine.timer().now());
    turn.take(() -> begin(ticket));
    return ticket;
  }

  private void begin(PendingLease ticket) {
    Optional<LeaseOutcome> refusal = refusal(ticket.wanted);
    if (refusal.isPresent()) {
      leaving.end(ticket, refusal.get());
      return;
    }
    engine.put(ticket);
    Duration patience = ticket.wanted.patience();
    if (!patience.isZero()) {
      ticket.timeout = engine.timer().after(patience, () -> timeOut(ticket));
    }
    queueing.join(ticket);
  }

  private Optional<LeaseOutcome> refusal(LeaseRequest wanted) {
    if (stopping || !engine.connected()) {
      return Optional.of(new LeaseOutcome.Unavailable());
    }
    if (engine.tickets().size() >= limits.waiting()
        || (engine.tree().size() >= limits.locks()
            && engine.tree().known(wanted.lock().value()) == null)) {
      return Optional.of(new LeaseOutcome.TooMany(false));
    }
    return engine.waitingOf(wanted.client()) >= limits.waitingPerClient()
        ? Optional.of(new LeaseOutcome.TooMany(true))
        : Optional.empty();
  }

  private void timeOut(PendingLease ticket) {
    if (ticket.state == PendingLease.State.GRANTING) {
      // It is being granted this very moment.
      ticket.timeout = engine.timer().after(Duration.ofMillis(50), () -> timeOut(ticket));
    } else if (ticket.open()) {
      engine.statistics().timedOut(ticket.wanted.lock().value());
      leaving.leave(ticket, new LeaseOutcome.TimedOut());
    }
  }

  /** The client has gone: its place in the queue goes too, or the grant that comes anyway. */
  public void hangUp(PendingLease ticket) {
    turn.take(() -> leaving.leave(ticket, new LeaseOutcome.HungUp()));
  }

  /** Somebody is there to take the grant when the turn comes. */
  public void claim(PendingLease ticket, boolean claimed) {
    turn.take(() -> {
      ticket.claimed = claimed;
      if (ticket.unclaimed != null) {
        ticket.unclaimed.cancel(false);
        ticket.unclaimed = null;
      }
      if (ticket.node != null) {
        granting.settle(ticket.node.lock);
      }
    });
  }

  /** Runs {@code step} after {@code delay}. */
  public void later(Duration delay, Runnable step) {
    var _ = engine.timer().after(delay, step);
  }

  /** Releases a lease of which nobody was told. */
  public void giveBack(LeaseView lease) {
    Later.on(release(lease.lock(), lease.uid()), done -> {});
  }

  /**
   * Releases a lease, or takes a waiting request out of the queue.
   *
   * @return whether there was one; empty if ZooKeeper is away
   */
  public CompletableFuture<Optional<Boolean>> release(LockId lock, String uid) {
    return act(
        () -> census.lookUp(lock).flatMap(l -> l.byUid(uid)).filter(this::releasable),
        this::delete);
  }

  /** As {@link #release}, for the one that {@code requester} holds. */
  public CompletableFuture<Optional<Boolean>> releaseOf(LockId lock, String requester) {
    return act(
        () ->
            census
                .lookUp(lock)
                .flatMap(l ->
                    l.contenders()
                        .filter(MirroredNode::grant)
                        .filter(node -> requesterOf(node).equals(Optional.of(requester)))
                        .filter(this::releasable)
                        .findFirst()),
        this::delete);
  }

  private static Optional<String> requesterOf(MirroredNode node) {
    return node.note.flatMap(Note::lease).flatMap(Note.Terms::requester);
  }

  private boolean releasable(MirroredNode node) {
    return node.lease() && !node.leaving && !expiry.over(node);
  }

  /** Looks first at what is known, and only when nothing is found at what is surely true. */
  private CompletableFuture<Optional<Boolean>> act(
      java.util.function.Supplier<Optional<MirroredNode>> find,
      Function<MirroredNode, CompletableFuture<Optional<Boolean>>> action) {
    CompletableFuture<Optional<Boolean>> answer = new CompletableFuture<>();
    turn.take(() -> {
      if (!engine.connected()) {
        turn.afterwards(() -> answer.complete(Optional.empty()));
        return;
      }
      Optional<MirroredNode> found = find.get();
      if (found.isPresent()) {
        forward(action.apply(found.get()), answer);
      } else {
        census.synced(ok -> {
          Optional<MirroredNode> late = ok ? find.get() : Optional.empty();
          if (!ok) {
            turn.afterwards(() -> answer.complete(Optional.empty()));
          } else if (late.isPresent()) {
            forward(action.apply(late.get()), answer);
          } else {
            turn.afterwards(() -> answer.complete(Optional.of(false)));
          }
        });
      }
    });
    return answer;
  }

  private static <T> void forward(CompletableFuture<T> from, CompletableFuture<T> to) {
    Later.on(from, to::complete);
  }

  private CompletableFuture<Optional<Boolean>> delete(MirroredNode node) {
    CompletableFuture<Optional<Boolean>> answer = new CompletableFuture<>();
    PendingLease ticket = engine.tickets().get(node.uid);
    boolean grant = node.grant();
    if (ticket != null && ticket.open()) {
      leaving.leave(ticket, new LeaseOutcome.Removed());
      Later.on(
          ticket.outcome,
          outcome ->
              answer.complete(
                  outcome instanceof LeaseOutcome.Unavailable
                      ? Optional.empty()
                      : Optional.of(true)));
      return answer;
    }
    leaving.delete(
        node,
        code -> {
          if (code == Code.OK && grant) {
            engine.statistics().released(node.lock.id);
          }
          Optional<Boolean> done =
              code == Code.OK || code == Code.NONODE
                  ? Optional.of(code == Code.OK)
                  : Optional.empty();
          turn.afterwards(() -> answer.complete(done));
        });
    return answer;
  }

  /** Deletes everybody at {@code lock}, commands too; how many, or empty if ZooKeeper is away. */
  public CompletableFuture<Optional<Integer>> deleteAll(LockId lock) {
    CompletableFuture<Optional<Integer>> answer = new CompletableFuture<>();
    turn.take(() ->
        census.synced(ok -> {
          List<MirroredNode> all =
              census.lookUp(lock).map(l -> l.contenders().toList()).orElse(List.of());
          List<CompletableFuture<Optional<Boolean>>> deletes =
              ok ? all.reversed().stream().map(this::delete).toList() : List.of();
          Later.on(
              CompletableFuture.allOf(deletes.toArray(CompletableFuture[]::new)),
              done -> answer.complete(ok ? Optional.of(all.size()) : Optional.empty()));
        }));
    return answer;
  }

  /** Deletes everybody at every lock; false if there was nobody, empty if ZooKeeper is away. */
  public CompletableFuture<Optional<Boolean>> deleteEverything() {
    List<LockId> locks = census.all().stream().map(views -> views.get(0).lock()).toList();
    List<CompletableFuture<Optional<Integer>>> deletes =
        locks.stream().map(this::deleteAll).toList();
    return CompletableFuture.allOf(deletes.toArray(CompletableFuture[]::new))
        .thenApply(done ->
            census.ready() && deletes.stream().allMatch(delete -> delete.join().isPresent())
                ? Optional.of(true)
                : Optional.empty());
  }

  /** Refuses new requests, answers the waiting ones, and ends the session; grants stay. */
  public void stop() throws InterruptedException {
    List<CompletableFuture<LeaseOutcome>> undecided = new ArrayList<>();
    turn.take(() -> {
      stopping = true;
      for (PendingLease ticket : List.copyOf(engine.tickets().values())) {
        if (ticket.undecided()) {
          // What is being granted this moment outlives our session, so it has to be deleted.
          leaving.leave(ticket, new LeaseOutcome.Unavailable());
          undecided.add(ticket.outcome);
        } else {
          leaving.end(ticket, new LeaseOutcome.Unavailable());
        }
      }
    });
    try {
      CompletableFuture.allOf(undecided.toArray(CompletableFuture[]::new))
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("not every request was settled within {}", PATIENCE);
    }
    turn.take(() -> engine.connected(false));
    engine.timer().stop();
    link.close();
  }

  private final class Session implements ZooKeeperClient.ZooKeeperListener {
    @Override
    public void connected(boolean fresh) {
      turn.take(() -> events.connected(fresh));
    }

    @Override
    public void disconnected() {
      turn.take(events::disconnected);
    }

    @Override
    public void expired() {
      turn.take(events::disconnected);
    }

    @Override
    public void changed(EventType type, String path) {
      turn.take(() -> events.changed(type, path));
      changed.run();
    }
  }
}
