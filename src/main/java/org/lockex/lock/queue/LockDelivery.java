package org.lockex.lock.queue;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.hold.BreakWatch;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.hold.OtherMakeWatch;
import org.lockex.lock.lease.LeaseKeeper;
import org.lockex.lock.session.RecipeGuard;
import org.lockex.lock.session.SessionClient;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.ContenderData;

/**
 * Gives the lock to whoever asked for it, once. Curator's way and the short way may both come to
 * the lock; the one that comes first gives it.
 */
final class LockDelivery implements RecipeGuard {
  private enum State {
    /** Nothing is decided; the short way may give the lock. */
    OPEN,
    /** Curator's way has begun to check, so the short way is too late. */
    CHECKING,
    /** The lock is given. */
    GIVEN,
    /** The acquisition failed: it is given no more. */
    CLOSED
  }

  private final ZooKeeperSession session;
  private final LockRequest request;
  private final LeaseKeeper keeper;
  private final Consumer<HeldLock> receiver;
  private final NextInLine nextInLine = new NextInLine();

  // Guarded by this:
  private State state = State.OPEN;

  /** The short way gave the lock. */
  private boolean succeeded;

  /** The node that the short way may give; once the lock is given, the one that holds it. */
  private @Nullable String own;

  /**
   * For one acquisition.
   *
   * @param receiver called once, with the lock; only enqueues
   */
  LockDelivery(
      ZooKeeperSession session,
      LockRequest request,
      LeaseKeeper keeper,
      Consumer<HeldLock> receiver) {
    this.session = session;
    this.request = request;
    this.keeper = keeper;
    this.receiver = receiver;
  }

  /** The lock as its holder sees it; nothing is given by making it. */
  HeldLock lock(SessionClient client, String own, long czxid, long tokenBase) {
    AsyncCallback.StatCallback ignored = (rc, path, context, stat) -> {};
    return new HeldLock(
        request.id(),
        request.root().pathOf(request.id()),
        own,
        czxid,
        tokenBase,
        client.sessionName(),
        keeper,
        (acquired, maxRun) ->
            client.setData(
                own,
                ContenderData.running(session.settings().contender(), acquired, tokenBase, maxRun)
                    .bytes(),
                -1,
                ignored,
                null),
        listener -> new BreakWatch(client, own, listener).start(),
        listener ->
            keeper.onBeat(
                new OtherMakeWatch(
                    client,
                    session.serverPath(request.root(), request.id()),
                    session.settings().clock(),
                    listener)));
  }

  /** The short way is open for this node, which is next in line. */
  synchronized void expect(String path) {
    if (state != State.GIVEN) {
      own = path;
    }
  }

  /**
   * Curator's way begins to check.
   *
   * @return false if the lock is given already
   */
  synchronized boolean beginCheck() {
    if (state == State.OPEN) {
      state = State.CHECKING;
    }
    return state == State.CHECKING;
  }

  /** The check came to nothing, and the acquisition begins again. */
  synchronized void endCheck() {
    if (state == State.CHECKING) {
      state = State.OPEN;
    }
  }

  /** Curator's way has shown that the lock is ours. */
  void give(HeldLock lock) {
    synchronized (this) {
      if (state != State.CHECKING) {
        return;
      }
      state = State.GIVEN;
      own = lock.ownPath();
    }
    receive(lock);
  }

  /** The short way has come to the lock; gives it if its lease goes on. */
  void succeed(SessionClient client, HeldLock lock) {
    synchronized (this) {
      if (state != State.OPEN
          || !lock.ownPath().equals(own)
          || !keeper.succeed(client, lock.ownPath())) {
        return;
      }
      state = State.GIVEN;
      succeeded = true;
    }
    receive(lock);
  }

  /**
   * Curator deletes its node when its recipe fails, which it may do after the short way has given
   * the lock: then the node stays. One that it deletes before is none that the short way may give.
   */
  @Override
  public synchronized boolean mayDelete(String path) {
    if (path.equals(own)) {
      if (state == State.GIVEN) {
        return false;
      }
      own = null;
    }
    return true;
  }

  /**
   * Once the short way has given the lock, Curator's recipe would list the queue to learn that its
   * turn has come: the longer the queue, the more for nothing. Nobody else lists a mutex's queue
   * and waits for it.
   */
  @Override
  public synchronized boolean mayList(String path) {
    return !succeeded || own == null || !own.startsWith(path + "/");
  }

  @Override
  public Optional<List<String>> known(SessionClient client, String path)
      throws KeeperException, InterruptedException {
    return nextInLine.queue(client, path);
  }

  /** Where the recipe says for which node it waits. */
  NextInLine nextInLine() {
    return nextInLine;
  }

  /** Whether the lock is given: then the recipe has nothing to do any more. */
  synchronized boolean isGiven() {
    return state == State.GIVEN;
  }

  private void receive(HeldLock lock) {
    try {
      session.pin();
      receiver.accept(lock);
    } catch (RuntimeException | Error e) {
      // The client only logs what its callbacks throw, and the lock would be held for nobody.
      session.settings().defects().accept(e);
    }
  }

  /**
   * Gives no lock any more.
   *
   * @return false if it is given already
   */
  synchronized boolean close() {
    if (state == State.GIVEN) {
      return false;
    }
    state = State.CLOSED;
    return true;
  }
}
