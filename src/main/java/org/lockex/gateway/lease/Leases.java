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
import org.lockex.gateway.async.AsyncRuntime;
import org.lockex.znode.Contender;
import org.lockex.znode.ContenderData;
import org.lockex.znode.GrantSightings;
import org.lockex.znode.LeaseTerms;
import org.lockex.znode.Metadata;
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
 * GrantExpiry} how it ends, {@link PendingState} which states there are.
 *
 * <p>Nothing here blocks; futures are completed on the thread that brought the step.
 */
public final class Leases {
  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
  private static final String ALL = "all";

  /** How long a stop waits for ZooKeeper's answers. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

  /** When to look again at a wait that is over while its grant is on its way. */
  private static final Duration SOON = Duration.ofMillis(50);

  private final AsyncRuntime runtime;
  private final Contender self;
  private final Metadata metadata;
  private final LeaseContext context;
  private final Queueing queueing;
  private final Granting granting;
  private final Leaving leaving;
  private final LeaseDirectory directory;
  private final LeaseRemoval removal;
  private final MirrorEvents events;
  private final EmptyLocks empty;
  private volatile Runnable changed = () -> {};
  private boolean stopping;

  /**
   * Leases below one root; nothing happens yet.
   *
   * @param runtime the world outside
   * @param root the parent of all locks, with the chroot before it; no slash at its end
   * @param tokens the node of what is added to fencing tokens, likewise
   * @param limits how much is taken on
   * @param self this process, as the queue nodes show it
   * @param metadata what the queue nodes tell of this process and its clients
   * @param sightings the marks of this host in grants
   * @param counted hears of what happens
   */
  public Leases(
      AsyncRuntime runtime,
      String root,
      String tokens,
      LeaseLimits limits,
      Contender self,
      Metadata metadata,
      GrantSightings sightings,
      LeaseStatistics.LeaseListener counted) {
    this.runtime = runtime;
    this.self = self;
    this.metadata = metadata;
    this.context =
        new LeaseContext(
            runtime,
            limits,
            sightings,
            new LockMirror(root, sightings, runtime.nanoTime()),
            new TokenBases(tokens),
            new LeaseStatistics(runtime.nanoTime(), counted));
    LockContainers containers = new LockContainers(context);
    this.empty = new EmptyLocks(context);
    this.leaving = new Leaving(context, this::moved, this::settle);
    GrantExpiry expiry = new GrantExpiry(context, this::moved);
    this.granting = new Granting(context, containers, leaving, expiry);
    this.queueing = new Queueing(context, containers, granting, leaving);
    this.directory = new LeaseDirectory(context);
    this.removal = new LeaseRemoval(context, directory, leaving);
    this.events = new MirrorEvents(context, containers, queueing, granting, leaving, expiry);
  }

  private void moved(MirroredLock lock) {
    granting.turnOf(lock);
    empty.left(lock);
  }

  private void settle(MirroredLock lock) {
    granting.settle(lock);
  }

  /**
   * Starts to connect and returns at once.
   *
   * @throws IOException if no client can be made
   */
  public void start() throws IOException {
    runtime.zooKeeper().open(new SessionSteps(context, events, () -> changed.run()));
  }

  /** {@return what is known of all locks} */
  public LeaseDirectory directory() {
    return directory;
  }

  /** {@return what takes holders and waiters away} */
  public LeaseRemoval removal() {
    return removal;
  }

  /**
   * Runs {@code listener} after everything that changes a lock, and when ZooKeeper goes or comes.
   *
   * @param listener must not block
   */
  public void onChange(Runnable listener) {
    changed = listener;
  }

  /**
   * Asks for a lease. The outcome comes when it is decided; it never fails.
   *
   * @param wanted what the client wants
   * @return the request on its way
   */
  public PendingLease acquire(LeaseRequest wanted) {
    Contender who =
        self.forClient(wanted.client(), wanted.title(), context.wallTime()).told(metadata);
    LeaseTerms terms =
        new LeaseTerms(
            wanted.dialect(),
            wanted.requester(),
            wanted.waitTime(),
            wanted.lifetime(),
            Optional.empty());
    PendingLease pending =
        new PendingLease(
            wanted, runtime.uuids().get(), ContenderData.lease(who, terms), context.now());
    context.run(pending, () -> begin(pending));
    return pending;
  }

  private void begin(PendingLease pending) {
    Optional<LeaseOutcome> refusal = refusal(pending.wanted());
    if (refusal.isPresent()) {
      leaving.end(pending, refusal.get());
      return;
    }
    context.put(pending);
    Duration waitTime = pending.wanted().waitTime();
    if (!waitTime.isZero()) {
      pending.timeOutBy(context.after(waitTime, pending, () -> timeOut(pending)));
    }
    queueing.join(pending);
  }

  private Optional<LeaseOutcome> refusal(LeaseRequest wanted) {
    if (stopping || !context.connected()) {
      return Optional.of(new LeaseOutcome.Unavailable());
    }
    Optional<LeaseLimits.Reached> limit = context.reached(wanted);
    limit.ifPresent(context.statistics()::refused);
    return limit.map(LeaseOutcome.TooMany::new);
  }

  private void timeOut(PendingLease pending) {
    if (pending.state() == PendingState.GRANTING) {
      pending.timeOutBy(context.after(SOON, pending, () -> timeOut(pending)));
    } else if (pending.state().open()) {
      leaving.leave(pending, new LeaseOutcome.TimedOut());
    }
  }

  /**
   * The client has gone: its place in the queue goes too, or the grant that comes anyway.
   *
   * @param pending the request
   */
  public void hangUp(PendingLease pending) {
    context.run(pending, () -> leaving.leave(pending, new LeaseOutcome.HungUp()));
  }

  /**
   * Somebody is there to take the grant when the turn comes, or is no more.
   *
   * @param pending the request
   * @param claimed whether somebody is there
   */
  public void claim(PendingLease pending, boolean claimed) {
    context.run(
        pending,
        () -> {
          pending.claim(claimed);
          context.mirror().known(pending.lock()).ifPresent(granting::settle);
        });
  }

  /**
   * Runs {@code step} after {@code delay}, as a step of the model.
   *
   * @param delay how long from now
   * @param step the step
   */
  public void later(Duration delay, Runnable step) {
    var _ = context.after(delay, ALL, step);
  }

  /**
   * Releases a lease of which nobody was told.
   *
   * @param lease what was granted
   */
  public void giveBack(LeaseView lease) {
    var _ = removal.release(lease.lock(), lease.uid());
  }

  /**
   * Refuses new requests, answers the waiting ones, and ends the session; grants stay.
   *
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  public void stop() throws InterruptedException {
    try {
      refuse().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("not every request was settled within {}", STOP_TIMEOUT);
    }
    end();
  }

  /**
   * From now on refuses new requests, and answers the waiting ones.
   *
   * @return completed when they are, and nothing is left in ZooKeeper of what was being granted
   */
  public CompletableFuture<Void> refuse() {
    List<CompletableFuture<LeaseOutcome>> undecided = new ArrayList<>();
    context.run(ALL, () -> refuseAll(undecided));
    return CompletableFuture.allOf(undecided.toArray(CompletableFuture[]::new));
  }

  /**
   * Ends the session; grants stay.
   *
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  public void end() throws InterruptedException {
    context.run(ALL, () -> context.connected(false));
    runtime.zooKeeper().close();
  }

  private void refuseAll(List<CompletableFuture<LeaseOutcome>> undecided) {
    stopping = true;
    for (PendingLease pending : List.copyOf(context.pending().values())) {
      context.guard(
          pending,
          () -> {
            if (pending.state().undecided()) {
              // What is being granted this moment outlives our session, so it has to be deleted.
              leaving.leave(pending, new LeaseOutcome.Unavailable());
              undecided.add(pending.outcome());
            } else {
              leaving.end(pending, new LeaseOutcome.Unavailable());
            }
          });
    }
  }
}
