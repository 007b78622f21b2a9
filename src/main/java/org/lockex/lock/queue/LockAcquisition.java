package org.lockex.lock.queue;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.lease.LeaseKeeper;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.LockFailures;
import org.lockex.lock.session.LockThreads;
import org.lockex.lock.session.PlaceLostException;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.LockPaths;
import org.lockex.znode.QueueNames;

/**
 * One acquisition. Curator's recipe runs on a thread of its own and can block for ever; the caller
 * waits for the first event that decides, so that nothing keeps it from leaving.
 */
final class LockAcquisition {
  private sealed interface Event {
    record Got() implements Event {}

    record Busy() implements Event {}

    record Failed(Throwable why) implements Event {}

    /** The semaphore's leases changed, so that a try may be hopeless. */
    record LeasesChanged() implements Event {}

    /** The patience has ended, or was over when somebody turned out to be before us. */
    record PatienceEnded() implements Event {}
  }

  private static final long REHEARSAL_AFTER_MS = 50;

  private final ZooKeeperSession session;
  private final LockRequest request;
  private final Patience patience;
  private final LockParent node;
  private final LeaseKeeper keeper;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final LockDelivery delivery;
  private final OwnershipCheck check;

  /** The name of the only node before ours; null while there are more, or it is not known. */
  private volatile @Nullable String before;

  private volatile boolean impatient;
  private volatile boolean othersSeen;

  LockAcquisition(
      ZooKeeperSession session, LockRequest request, Patience patience, Consumer<HeldLock> got) {
    this.session = session;
    this.request = request;
    this.patience = patience;
    this.node =
        new LockParent(
            session.curator(),
            new LockPaths(session.serverPath(request.root(), request.id())),
            request.root().pathOf(request.id()),
            request.wanted());
    this.keeper = LeaseKeeper.start(session, node.paths().holders(node.wanted()), this::answered);
    this.delivery =
        new LockDelivery(
            session,
            request,
            keeper,
            lock -> {
              got.accept(lock);
              events.add(new Event.Got());
            });
    this.check = new OwnershipCheck(session, request, node, keeper, delivery, this::seeOthers);
    session.recipeRights().ask(delivery);
  }

  boolean run() throws LockException, InterruptedException {
    LockThreads.start("lockex-queue", this::queue, session.settings().defects());
    patience.whenEnded(() -> {
      impatient = true;
      events.add(new Event.PatienceEnded());
    });
    boolean got = false;
    ExpiredGrants grants = null;
    try {
      Event event = events.poll(REHEARSAL_AFTER_MS, TimeUnit.MILLISECONDS);
      if (event == null) {
        check.rehearse();
        if (!request.tryOnly()
            && !delivery.isGiven()) { // the command may want all processes by now
          grants = grants().watch(session.settings().defects());
          keeper.listenForChanges(grants::changed);
          if (isCrowded()) {
            seeOthers();
          }
        }
      }
      while (true) {
        if (event == null) {
          event = events.take();
        }
        // A pattern switch would be linked at the hand-over, for 5 ms.
        if (event instanceof Event.Got) {
          got = true;
          return true;
        } else if (event instanceof Event.Failed(Throwable why)) {
          throw LockFailures.of(why, node.name());
        } else if (event instanceof Event.Busy || (isInVain(event) && delivery.close())) {
          return false;
        }
        event = null;
      }
    } catch (LockException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while taking the lock");
      }
      throw LockFailures.of(e, node.name());
    } finally {
      if (grants != null) {
        grants.close();
      }
      if (!got) {
        // The recipe's thread is left to the end of the session: an interrupt would make Curator
        // clean up beside it, with complaints on stderr.
        keeper.stop();
      }
    }
  }

  private void queue() {
    try {
      boolean tryLeases = request.tryOnly() && request.concurrency() > 1;
      SequenceRenewal numbers =
          new SequenceRenewal(node, request.tryOnly(), session.settings().notes());
      while (true) {
        SequenceRenewal.RenewalStep next = numbers.next(node.prepare());
        if (next == SequenceRenewal.RenewalStep.WAITED) {
          seeOthers();
          continue;
        } else if (next == SequenceRenewal.RenewalStep.LOOK_AGAIN) {
          continue;
        }
        boolean busy =
            next == SequenceRenewal.RenewalStep.BUSY
                || (tryLeases && leases().size() >= (request.all() ? 1 : request.concurrency()));
        Recipe recipe =
            Recipe.of(
                node,
                request,
                delivery.nextInLine(),
                (mine, only) -> {
                  before = only.substring(only.lastIndexOf('/') + 1);
                  if (!request.tryOnly()) {
                    check.expect(mine, only);
                  }
                },
                this::seeOthers);
        String own;
        before = null;
        try {
          own = busy ? null : recipe.acquire(request.tryOnly());
        } catch (KeeperException.NoNodeException | PlaceLostException e) {
          if (delivery.isGiven()) {
            return;
          }
          // The lock's node was reaped, or deleted by somebody, under our create: make it again.
          continue;
        } finally {
          delivery.nextInLine().forget();
        }
        if (own == null) {
          if (grants().removeOver()) {
            continue;
          }
          events.add(new Event.Busy());
          return;
        }
        OwnershipCheck.Outcome outcome = check.check(own);
        if (outcome == OwnershipCheck.Outcome.GIVEN) {
          return;
        }
        keeper.letGo();
        recipe.release();
        if (outcome == OwnershipCheck.Outcome.BUSY) {
          events.add(new Event.Busy());
          return;
        }
        session.settings().notes().accept("queueing again for " + node.name());
      }
    } catch (Exception | Error e) {
      if (delivery.close()) {
        events.add(new Event.Failed(e));
      }
    }
  }

  /** What heartbeats are answered: the first of a session by who wants SASL. */
  private void answered(Code code) {
    if (code == Code.SESSIONCLOSEDREQUIRESASLAUTH) {
      events.add(new Event.Failed(KeeperException.create(code)));
    } else if (code == Code.NOAUTH && delivery.close()) {
      events.add(
          new Event.Failed(
              new LockException(
                  LockException.Kind.NOT_AUTHORISED,
                  "cannot use the lock",
                  node.name(),
                  "ZooKeeper does not let us read our own node there (--zk-acl)")));
    }
  }

  /** Somebody else holds the lock or is before us: the patience counts. */
  private void seeOthers() {
    if (!othersSeen) {
      othersSeen = true;
      if (impatient) {
        events.add(new Event.PatienceEnded());
      }
    }
  }

  /** Whether nobody wants to wait for what is still to come. */
  private boolean isInVain(Event event) throws Exception {
    return (event instanceof Event.PatienceEnded && othersSeen)
        || (!request.wanted().isMutex() && hopeless(leases()));
  }

  /** Whether more ask for the semaphore's leases than may have one. */
  private boolean isCrowded() throws Exception {
    try {
      return !request.wanted().isMutex()
          && node.curator().getChildren().forPath(node.paths().leases()).size()
              > request.concurrency();
    } catch (KeeperException.NoNodeException e) {
      return false;
    }
  }

  private ExpiredGrants grants() {
    return new ExpiredGrants(
        session.curator(), node.paths(), node.wanted(), () -> before, session.settings().clock());
  }

  /** The leases taken or asked for; changes are told from now on. */
  private List<String> leases() throws Exception {
    String path = node.paths().leases();
    Watcher watcher = this::leasesChanged;
    while (true) {
      try {
        return node.curator().getChildren().usingWatcher(watcher).forPath(path);
      } catch (KeeperException.NoNodeException e) {
        if (node.curator().checkExists().usingWatcher(watcher).forPath(path) == null) {
          return List.of();
        }
      }
    }
  }

  /**
   * Whether a try is in vain: more leases exist than may be had, and the oldest, which are the ones
   * that are had, do not include ours.
   */
  private boolean hopeless(List<String> leases) throws Exception {
    if (leases.size() <= request.concurrency()) {
      return false;
    }
    List<String> oldest = QueueNames.ordered(leases, QueueNames.LEASE);
    long self = session.link().getSessionId();
    for (String lease : oldest.subList(0, request.concurrency())) {
      Stat stat = node.curator().checkExists().forPath(node.paths().leases() + "/" + lease);
      if (stat == null || stat.getEphemeralOwner() == self) {
        return false; // Another change is on its way, or we have one.
      }
    }
    return true;
  }

  private void leasesChanged(WatchedEvent event) {
    if (event.getType() != Watcher.Event.EventType.None) {
      events.add(new Event.LeasesChanged());
    }
  }
}
