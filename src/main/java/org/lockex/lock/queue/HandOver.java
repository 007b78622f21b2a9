package org.lockex.lock.queue;

import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.lease.LeaseKeeper;
import org.lockex.lock.session.SessionClient;
import org.lockex.znode.ContenderData;
import org.lockex.znode.LockData;
import org.lockex.znode.LockPaths;

/**
 * The short way from the next in line to the lock. Curator hears that the node before ours is gone,
 * too, but lists the queue before it believes it, and everything would be asked only then. Here it
 * is asked ahead, a watch is left on all that could change, and the lock is ours in the moment in
 * which ZooKeeper tells that the node before ours is gone. Where that does not settle the matter,
 * nothing happens and Curator's way leads on.
 *
 * <p>Why what was asked ahead is still true at the turn: the folders that were listed carry a
 * watch, and so does the own node. On one connection the server tells of changes in their order,
 * and the client hands on events and answers in the order in which they came (ZooKeeper's
 * guarantees for watches). So a stranger, a lease, another token base, or the end of the own node
 * that came before the end of the node before ours was heard before it, and had withdrawn the
 * answer. A watch tells only once, so whatever it tells withdraws the answer until all is asked
 * again under a new one. What the lock's node tells of our concurrency does not change while the
 * own node is its child. The same list shows that the node before ours is the only one: a later one
 * has a higher number, unless somebody made it by hand, and that is seen as a stranger is.
 *
 * <p>That order ends with the connection: after a reconnect the server goes through the watches in
 * any order, and may tell of the node before ours first. So from the first disconnection on the
 * short way is closed for good.
 *
 * <p>Everything here runs on the client's event thread, and nothing waits.
 */
final class HandOver implements Watcher {
  private final SessionClient client;
  private final LockPaths paths;
  private final String tokens;
  private final OwnershipJudge judge;
  private final String own;
  private final String before;
  private final LeaseKeeper keeper;
  private final LockDelivery delivery;

  // Each is one object, because the client keeps and tells every one it was given.
  private final Watcher folderWatcher = this::folderChanged;
  private final Watcher ownWatcher = this::ownChanged;

  private @Nullable Inquiry newest;

  /** The lock, while all that was asked ahead says that it is ours next. */
  private Optional<HeldLock> next = Optional.empty();

  /** Once the node before ours is deleted, none of its name will be. */
  private boolean endsForGood;

  private boolean turn;
  private boolean closed;

  /**
   * Prepares the hand-over.
   *
   * @param tokens the node of the token base, with the chroot
   * @param own the own node, likewise
   * @param before the only node before it, likewise
   */
  HandOver(
      SessionClient client,
      LockPaths paths,
      String tokens,
      LockData wanted,
      String own,
      String before,
      LeaseKeeper keeper,
      LockDelivery delivery) {
    this.client = client;
    this.paths = paths;
    this.tokens = tokens;
    this.judge = new OwnershipJudge(wanted);
    this.own = own;
    this.before = before;
    this.keeper = keeper;
    this.delivery = delivery;
  }

  /** Asks ahead, and listens for the turn; returns at once. */
  void start() {
    ask();
    watchBefore();
  }

  private void ask() {
    Inquiry inquiry = new Inquiry();
    newest = inquiry;
    inquiry.questions.send(ownWatcher);
  }

  /** One round of questions; what an older one is answered is not known to be true any more. */
  private final class Inquiry {
    private final OwnershipInquiry questions =
        new OwnershipInquiry(
            client, paths, tokens, judge.wanted(), own, folderWatcher, this::answered);

    private void answered() {
      OwnershipAnswers answers = questions.answers().orElse(null);
      if (this == newest
          && answers != null
          && isNext(answers.folder().queue())
          && judge.judge(client.getSessionId(), answers) instanceof Verdict.Ours ours) {
        next = Optional.of(delivery.lock(client, own, ours.czxid(), ours.tokenBase()));
        takeTurn();
      }
    }
  }

  private boolean isNext(List<String> queue) {
    int others = !queue.isEmpty() && before.endsWith("/" + queue.getFirst()) ? 1 : 0;
    return queue.size() > others && own.endsWith("/" + queue.get(others));
  }

  /**
   * The own node was deleted, which is for the keeper to judge, or its data changed: then the watch
   * is used up, and a deletion would go unheard until there is another.
   */
  private void ownChanged(WatchedEvent event) {
    keeper.process(event);
    folderChanged(event);
  }

  /** Somebody came or went, or tokens are made in another way from now on. */
  private void folderChanged(WatchedEvent event) {
    withdraw();
    if (event.getType() == Event.EventType.None) {
      closed = true;
    } else if (!closed) {
      ask();
    }
  }

  private void withdraw() {
    next = Optional.empty();
    newest = null;
  }

  private void watchBefore() {
    client.getData(before, this, (rc, path, context, data, stat) -> beforeRead(rc, data), null);
  }

  private void beforeRead(int rc, byte @Nullable [] data) {
    if (rc == Code.OK.intValue() && data != null) {
      // lockexd replaces its own nodes by grants of the same name; those of commands nobody does.
      endsForGood = ContenderData.tellsStart(data);
    } else if (rc == Code.NONODE.intValue()) {
      turn = true;
      takeTurn();
    }
  }

  /** The watch on the node before ours. */
  @Override
  public void process(WatchedEvent event) {
    if (event.getType() == Event.EventType.None) {
      closed = true;
    } else if (event.getType() == Event.EventType.NodeDeleted && endsForGood) {
      turn = true;
      takeTurn();
    } else if (!closed) {
      watchBefore();
    }
  }

  private void takeTurn() {
    if (turn && !closed && next.isPresent()) {
      closed = true;
      delivery.succeed(client, next.get());
    }
  }
}
