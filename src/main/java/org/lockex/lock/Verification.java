package org.lockex.lock;

import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that a lock that Curator believes to be ours is ours: that the own node belongs to
 * this session (after a reconnect Curator can take another session's node for its own,
 * CURATOR-604), that the parent tells our concurrency, and that a heartbeat was answered. The
 * requests go out together, so that all of it takes one write's time.
 */
final class Verification {
  private static final int MOST_CROWDED = 20;

  /** With one the hand-over takes 2 ms longer than with ten; more change nothing. */
  private static final int REHEARSALS = 10;

  private final Session session;
  private final LockRequest request;
  private final LockNode node;
  private final Keeper keeper;
  private int crowded;

  Verification(Session session, LockRequest request, LockNode node, Keeper keeper) {
    this.session = session;
    this.request = request;
    this.node = node;
    this.keeper = keeper;
  }

  /** What is read along with the first heartbeat. */
  private record Replies(Reply own, Reply node, Reply leases) {}

  private Replies ask(Link link, String own) {
    Replies replies = new Replies(new Reply(), new Reply(), new Reply());
    link.exists(own, keeper, replies.own, null);
    link.getData(node.path(), false, replies.node, null);
    link.exists(node.path() + "/" + LockNode.LEASES, false, replies.leases, null);
    return replies;
  }

  /**
   * Makes a held lock of the own node.
   *
   * @return null if it is not ours; then the place in the queue is to be given up
   */
  @Nullable HeldLock prove(String own) throws Exception {
    while (true) {
      Link link = session.link();
      // The heartbeat first: it takes a write's time, in which the rest is sent.
      keeper.hold(link, own);
      Replies replies = ask(link, own);
      try {
        if (!isOurs(link, replies)) {
          return null;
        }
        if (node.matches(replies.node.data())
            || node.settle(replies.node.data(), replies.node.stat())) {
          if (!keeper.awaitHeld()) {
            return null;
          }
          session.pin();
          return held(link, own, replies.own);
        }
      } catch (KeeperException.ConnectionLossException e) {
        if (!session.awaitLink()) {
          throw e;
        }
      } catch (KeeperException.SessionExpiredException e) {
        return null;
      }
    }
  }

  private boolean isOurs(Link link, Replies replies)
      throws KeeperException, InterruptedException, LockException {
    if (!replies.own.exists()
        || replies.own.stat().getEphemeralOwner() != link.getSessionId()
        || !replies.node.exists()) {
      return false;
    }
    if (request.concurrency() == 1
        && replies.leases.exists()
        && replies.leases.stat().getNumChildren() > 0) {
      // A contender with another concurrency that lost its race is about to go; a program that
      // knows nothing of our data stays.
      if (++crowded > MOST_CROWDED) {
        throw node.refused("as a semaphore");
      }
      return false;
    }
    return node.matches(replies.node.data()) || LockNode.concurrencyOf(replies.node.data()) == null;
  }

  private HeldLock held(Link link, String own, Reply reply) {
    AsyncCallback.StatCallback ignored = (rc, path, context, stat) -> {};
    return new HeldLock(
        request.id(),
        node.name(),
        own,
        reply.stat().getCzxid(),
        "0x" + Long.toHexString(link.getSessionId()),
        keeper,
        acquired ->
            link.setData(own, session.settings().contender().json(acquired), -1, ignored, null),
        listener -> new BreakWatch(link, own, listener).start());
  }

  /**
   * Goes through the motions with the lock's parent for the own node, while there is time: what was
   * never used before takes tens of milliseconds to load and link, and the hand-over must not.
   */
  void rehearse() throws InterruptedException {
    Link link = session.link();
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
