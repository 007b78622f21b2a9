package org.lockex.lock.queue;

import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.lease.LeaseKeeper;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.SessionClient;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.LockPaths;

/**
 * Curator's way to the lock: when its recipe says that the turn has come, asks whether the lock is
 * ours, and has the lease proven by a heartbeat. Also prepares the short way while we are next in
 * line.
 */
final class OwnershipCheck {
  private static final int MOST_CROWDED = 20;

  /** With one the hand-over takes 2 ms longer than with ten; more change nothing. */
  private static final int REHEARSALS = 10;

  /** Small, and there on every server. */
  private static final LockPaths REHEARSED = new LockPaths("/zookeeper");

  private final ZooKeeperSession session;
  private final LockRequest request;
  private final LockParent node;
  private final LeaseKeeper keeper;
  private final LockDelivery delivery;
  private final Runnable whenOthersAreThere;
  private final OwnershipJudge judge;
  private final String tokens;
  private int crowded;

  /** What came of a check. */
  enum Outcome {
    /** The lock is given, by this check or before it. */
    GIVEN,
    /** It is not ours, and the place in the queue is to be given up. */
    NOT_OURS,
    /** It was only a try, and somebody is there. */
    BUSY
  }

  /**
   * For one acquisition.
   *
   * @param whenOthersAreThere told when strangers are waited for
   */
  OwnershipCheck(
      ZooKeeperSession session,
      LockRequest request,
      LockParent node,
      LeaseKeeper keeper,
      LockDelivery delivery,
      Runnable whenOthersAreThere) {
    this.session = session;
    this.request = request;
    this.node = node;
    this.keeper = keeper;
    this.delivery = delivery;
    this.whenOthersAreThere = whenOthersAreThere;
    this.judge = new OwnershipJudge(node.wanted());
    this.tokens = session.settings().hosts().chroot() + request.root().tokens();
  }

  /**
   * We are next in line: opens the short way.
   *
   * @param own the own node, with the chroot
   * @param before the only node before it, likewise
   */
  void expect(String own, String before) {
    SessionClient client = session.link();
    if (keeper.expect(client, own)) {
      delivery.expect(own);
      new HandOver(client, node.paths(), tokens, node.wanted(), own, before, keeper, delivery)
          .start();
    }
  }

  /**
   * The turn has come, says the recipe: gives the lock of the own node if it is ours and not given
   * already. Waits while strangers are there, unless it was only a try.
   *
   * @param own the own node, with the chroot
   * @throws LockException OTHER_CONCURRENCY
   */
  Outcome check(String own) throws Exception {
    if (!delivery.beginCheck()) {
      return Outcome.GIVEN;
    }
    Outcome outcome = ask(own);
    delivery.endCheck();
    return outcome;
  }

  private Outcome ask(String own) throws Exception {
    FolderChange change = null;
    while (true) {
      SessionClient client = session.link();
      try {
        Verdict verdict = verdict(client, own, change);
        if (verdict instanceof Verdict.Ours ours) {
          return give(client, own, ours.czxid(), ours.tokenBase());
        } else if (verdict instanceof Verdict.Unsettled unsettled) {
          if (node.settle(unsettled.read())) {
            return give(client, own, unsettled.czxid(), unsettled.tokenBase());
          }
        } else if (verdict instanceof Verdict.Occupied occupied) {
          if (request.tryOnly()) {
            return Outcome.BUSY;
          }
          whenOthersAreThere.run();
          change = untilItChanges(occupied, change);
        } else {
          if (verdict instanceof Verdict.OtherKind other) {
            refuseInTheEnd(other);
          } else if (verdict instanceof Verdict.TakenByOtherMake taken) {
            throw node.refused(taken.other());
          }
          return Outcome.NOT_OURS;
        }
      } catch (KeeperException.ConnectionLossException e) {
        if (!session.awaitLink()) {
          throw e;
        }
      } catch (KeeperException.SessionExpiredException e) {
        return Outcome.NOT_OURS;
      }
    }
  }

  private Verdict verdict(SessionClient client, String own, @Nullable FolderChange change)
      throws Exception {
    // The heartbeat first: it takes a write's time, in which the rest is asked.
    keeper.hold(client, own);
    if (change != null) {
      client.watch(own, change, (rc, path, context, stat) -> {});
    }
    OwnershipInquiry inquiry =
        new OwnershipInquiry(client, node.paths(), tokens, node.wanted(), own, change, () -> {});
    return judge.judge(client.getSessionId(), inquiry.send(keeper).await());
  }

  private Outcome give(SessionClient client, String own, long czxid, long tokenBase)
      throws InterruptedException {
    if (!keeper.awaitHeld()) {
      return Outcome.NOT_OURS;
    }
    delivery.give(delivery.lock(client, own, czxid, tokenBase));
    return Outcome.GIVEN;
  }

  /**
   * Waits until strangers that were seen under a watch may have gone.
   *
   * @param watched the watch under which they were seen; null if there was none yet
   * @return the watch for the next look
   */
  private FolderChange untilItChanges(Verdict.Occupied occupied, @Nullable FolderChange watched)
      throws InterruptedException {
    if (watched == null) {
      session
          .settings()
          .notes()
          .accept("waiting for " + occupied.strangers() + " in " + node.name() + " to go");
    } else {
      watched.await();
    }
    return new FolderChange();
  }

  /**
   * A contender with another concurrency that lost its race is about to go; a program that knows
   * nothing of the lock's data stays.
   */
  private void refuseInTheEnd(Verdict.OtherKind other) throws LockException {
    if (++crowded > MOST_CROWDED) {
      throw node.refusedAs(other.as());
    }
  }

  /**
   * Goes through the motions while there is time: what was never used before takes tens of
   * milliseconds to load and link, and the hand-over must not.
   */
  void rehearse() throws InterruptedException {
    SessionClient client = session.link();
    keeper.rehearse();
    try {
      for (int i = 0; i < REHEARSALS; i++) {
        OwnershipAnswers answers =
            new OwnershipInquiry(
                    client, REHEARSED, tokens, node.wanted(), REHEARSED.lock(), null, () -> {})
                .send(event -> {})
                .await();
        judge.judge(client.getSessionId(), answers);
        delivery.lock(client, REHEARSED.lock(), 0, 0);
      }
    } catch (KeeperException | LockException e) {
      // It was only a rehearsal.
    }
  }
}
