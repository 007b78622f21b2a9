package org.lockex.lock.queue;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException;
import org.lockex.lock.hold.BreakWatch;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.lease.LeaseKeeper;
import org.lockex.lock.session.ReadReply;
import org.lockex.lock.session.SessionClient;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.ContenderData;

/**
 * Makes sure that a lock that Curator believes to be ours is ours: that the own node belongs to
 * this session (after a reconnect Curator can take another session's node for its own,
 * CURATOR-604), that the parent tells our concurrency, and that a heartbeat was answered. The
 * requests go out together, so that all of it takes one write's time.
 *
 * <p>One who is next in line asks ahead and keeps a lease on its place from then on, so that
 * nothing of it is left to ask when the one before it goes: what was read cannot change while the
 * own node exists, and of the end of that ZooKeeper tells before it tells of later changes.
 */
final class OwnershipCheck {
  private static final int MOST_CROWDED = 20;

  /** With one the hand-over takes 2 ms longer than with ten; more change nothing. */
  private static final int REHEARSALS = 10;

  private final ZooKeeperSession session;
  private final LockRequest request;
  private final LockParent node;
  private final LeaseKeeper keeper;
  private final Consumer<HeldLock> got;
  private int crowded;

  // Curator's way and the short one may both lead to the lock; it is given once. Guarded by this:
  private boolean proving;
  private boolean given;

  /**
   * For one acquisition.
   *
   * @param got called once, with the lock; only enqueues
   */
  OwnershipCheck(
      ZooKeeperSession session,
      LockRequest request,
      LockParent node,
      LeaseKeeper keeper,
      Consumer<HeldLock> got) {
    this.session = session;
    this.request = request;
    this.node = node;
    this.keeper = keeper;
    this.got = got;
  }

  /** What is read along with the first heartbeat. */
  private record Replies(ReadReply own, ReadReply node, ReadReply leases) {}

  private Replies ask(SessionClient link, String own) {
    Replies replies = new Replies(new ReadReply(), new ReadReply(), new ReadReply());
    link.exists(own, keeper, replies.own, null);
    link.getData(node.path(), false, replies.node, null);
    link.exists(node.path() + "/" + LockParent.LEASES, false, replies.leases, null);
    return replies;
  }

  /**
   * We are next in line: asks ahead, and listens for our turn.
   *
   * @param before the node before ours
   */
  void expect(String own, String before) {
    SessionClient link = session.link();
    if (keeper.expect(link, own)) {
      Replies replies = ask(link, own);
      new HandOver(link, before, new Heir(link, own, replies)).await();
    }
  }

  /** Ours, should the one before us go. Where it does not settle the matter, Curator does next. */
  private final class Heir implements HandOver.Listener {
    private final SessionClient link;
    private final String own;
    private final Replies replies;
    private Optional<HeldLock> lock = Optional.empty();

    Heir(SessionClient link, String own, Replies replies) {
      this.link = link;
      this.own = own;
      this.replies = replies;
    }

    /** All that was asked ahead is answered, because ZooKeeper keeps the order. */
    @Override
    public void prepare() {
      try {
        lock =
            isOurs(link, replies) && node.matches(replies.node.data()) && !isCrowded(replies)
                ? Optional.of(held(link, own, replies.own))
                : Optional.empty();
      } catch (KeeperException e) {
        lock = Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void turn() {
      if (lock.isPresent() && hasSucceeded(link, own)) {
        give(lock.get());
      }
    }
  }

  private synchronized boolean hasSucceeded(SessionClient link, String own) {
    if (proving || given || !keeper.succeed(link, own)) {
      return false;
    }
    given = true;
    return true;
  }

  /**
   * Gives no lock any more.
   *
   * @return false if it is given already
   */
  synchronized boolean giveUp() {
    proving = true;
    return !given;
  }

  private void give(HeldLock lock) {
    session.pin();
    got.accept(lock);
  }

  /**
   * Gives the lock of the own node, unless it is given already.
   *
   * @return false if it is not ours; then the place in the queue is to be given up
   */
  boolean prove(String own) throws Exception {
    synchronized (this) {
      if (given) {
        return true;
      }
      proving = true;
    }
    boolean proven = isProven(own);
    synchronized (this) {
      proving = false;
    }
    return proven;
  }

  private boolean isProven(String own) throws Exception {
    while (true) {
      SessionClient link = session.link();
      // The heartbeat first: it takes a write's time, in which the rest is sent.
      keeper.hold(link, own);
      Replies replies = ask(link, own);
      try {
        if (!isOurs(link, replies)) {
          return false;
        }
        if (isCrowded(replies)) {
          // A contender with another concurrency that lost its race is about to go; a program that
          // knows nothing of our data stays.
          if (++crowded > MOST_CROWDED) {
            throw node.refused("as a semaphore");
          }
          return false;
        }
        if (node.matches(replies.node.data())
            || node.settle(replies.node.data(), replies.node.stat())) {
          if (!keeper.awaitHeld()) {
            return false;
          }
          give(held(link, own, replies.own));
          return true;
        }
      } catch (KeeperException.ConnectionLossException e) {
        if (!session.awaitLink()) {
          throw e;
        }
      } catch (KeeperException.SessionExpiredException e) {
        return false;
      }
    }
  }

  private boolean isOurs(SessionClient link, Replies replies)
      throws KeeperException, InterruptedException {
    return replies.own.exists()
        && replies.own.stat().getEphemeralOwner() == link.getSessionId()
        && replies.node.exists()
        && (node.matches(replies.node.data())
            || LockParent.concurrencyOf(replies.node.data()) == null);
  }

  /** Whether somebody uses the lock as a semaphore besides us. */
  private boolean isCrowded(Replies replies) throws KeeperException, InterruptedException {
    return request.concurrency() == 1
        && replies.leases.exists()
        && replies.leases.stat().getNumChildren() > 0;
  }

  private HeldLock held(SessionClient link, String own, ReadReply reply) {
    AsyncCallback.StatCallback ignored = (rc, path, context, stat) -> {};
    return new HeldLock(
        request.id(),
        node.name(),
        own,
        reply.stat().getCzxid(),
        "0x" + Long.toHexString(link.getSessionId()),
        keeper,
        acquired ->
            link.setData(
                own,
                ContenderData.running(session.settings().contender(), acquired).bytes(),
                -1,
                ignored,
                null),
        listener -> new BreakWatch(link, own, listener).start());
  }

  /**
   * Goes through the motions with the lock's parent for the own node, while there is time: what was
   * never used before takes tens of milliseconds to load and link, and the hand-over must not.
   */
  void rehearse() throws InterruptedException {
    SessionClient link = session.link();
    try {
      keeper.rehearse();
      for (int i = 0; i < REHEARSALS; i++) {
        Replies replies = ask(link, node.path());
        replies.own.exists();
        replies.leases.exists();
        replies.node.exists();
        node.matches(replies.node.data());
        held(link, node.path(), replies.own);
      }
    } catch (KeeperException e) {
      // It was only a rehearsal.
    }
  }
}
