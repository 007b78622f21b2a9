package org.lockex.lock.lease;

import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.lease.LeaseState.Holding;
import org.lockex.lock.lease.LeaseState.LostLease;
import org.lockex.lock.lease.LeaseState.Next;
import org.lockex.lock.lease.LeaseState.Proving;
import org.lockex.lock.lease.LeaseState.StoppedKeeping;
import org.lockex.lock.lease.LeaseState.Waiting;
import org.lockex.lock.session.HeartbeatClient;

/**
 * A lease as a state machine: what happened goes in, what is to be done comes out. It has no
 * thread, does no I/O and is not thread-safe; {@link LeaseKeeper} drives it.
 *
 * <p>A waiter reads in place of the client's pings, so that the lease can be judged the moment the
 * lock is ours. One who becomes next in line is proven through the quorum for T, so that a lock
 * that changes hands often does so fast, and one that does not costs its standby nothing. A holder
 * always is, with a read between two proofs. Silence for T/6 makes it try another server.
 */
final class LeaseMachine {
  /** Nothing is due until something happens. */
  static final long NEVER = Long.MAX_VALUE;

  private final LongSupplier clock;
  private final String parent;
  private final LeaseActions actions;
  private LeaseState state = new Waiting();

  /** The newest session; empty before the first, and from an expiry to the next one. */
  private Optional<Heartbeats> newest = Optional.empty();

  /** The last change of the folder of the holders that was told. */
  private long seen;

  /**
   * Begins as a waiter without a session.
   *
   * @param parent of the nodes that hold the lock, with the chroot
   */
  LeaseMachine(LongSupplier clock, String parent, LeaseActions actions) {
    this.clock = clock;
    this.parent = parent;
    this.actions = actions;
  }

  LeaseState state() {
    return state;
  }

  // What the connection tells.

  /** A session was created, or taken up again, by a request sent at {@code asked} or later. */
  void connected(HeartbeatClient client, boolean created, long asked, long timeout) {
    Heartbeats session = newest.orElse(null);
    if (session == null || !session.isOf(client)) {
      session = new Heartbeats(client);
      newest = Optional.of(session);
      if (state instanceof Next) {
        state = new Waiting(); // The node went with its session.
      }
    }
    if (created) {
      session.lease().created(asked, timeout);
    } else {
      session.lease().reconnected(asked, timeout);
    }
    Proving proving = state.proving();
    if (proving != null && proving.session() == session && proving.deadline().isPresent()) {
      renew(proving); // A shorter timeout counts at once.
    }
    session.hurry();
  }

  /** ZooKeeper ended the session of this client. */
  void expired(HeartbeatClient client) {
    if (newest.isPresent() && newest.get().isOf(client)) {
      newest = Optional.empty();
    }
    Proving proving = state.proving();
    if (proving != null && proving.session().isOf(client)) {
      gone(proving, new Loss.Expired(client.sessionName()));
    }
  }

  /** The answer to {@link LeaseActions#read}, or the news that there will be none. */
  void readAnswered(HeartbeatClient by, long sent, int rc, @Nullable Stat stat) {
    Heartbeats session = heard(by, sent);
    if (session != null && (rc == Code.OK.intValue() || rc == Code.NONODE.intValue())) {
      session.lease().answered(sent, clock.getAsLong());
    }
    if (stat != null && stat.getPzxid() != seen) {
      seen = stat.getPzxid();
      actions.holdersChanged();
    }
  }

  /** The answer to {@link LeaseActions#prove}, or the news that there will be none. */
  void proofAnswered(HeartbeatClient by, String node, long sent, int rc) {
    Heartbeats session = heard(by, sent);
    if (session == null) {
      return;
    }
    if (rc == Code.OK.intValue()) {
      session.lease().proven(sent, clock.getAsLong());
      Proving proving = state.proving();
      if (proving != null && proving.session() == session && proving.node().equals(node)) {
        renew(proving);
      }
    } else if (rc == Code.NONODE.intValue()) {
      nodeGone(by, node);
    } else if (rc == Code.SESSIONEXPIRED.intValue()) {
      expired(by);
    }
  }

  /** The session that was answered; null if the answer does not matter any more. */
  private @Nullable Heartbeats heard(HeartbeatClient by, long sent) {
    Heartbeats session = session();
    if (session != null && session.isOf(by)) {
      session.answered(sent);
      return session;
    }
    if (newest.isPresent() && newest.get().isOf(by)) {
      newest.get().answered(sent); // It has been answered, even if nobody wants to know just now.
    }
    return null;
  }

  /** A node does not exist, says the server. */
  void nodeGone(HeartbeatClient by, String node) {
    Proving proving = state.proving();
    if (proving != null && proving.session().isOf(by) && proving.node().equals(node)) {
      gone(proving, new Loss.Deleted(node));
    }
  }

  /** The watch told that a node was deleted. */
  void watchedDeletion(String node) {
    Proving proving = state.proving();
    if (proving != null && proving.node().equals(node)) {
      gone(proving, new Loss.Deleted(node));
    }
  }

  /** The watch told of a node's new data, our own publishing too: with that it is used up. */
  void watchedChange(String node) {
    Proving proving = state.proving();
    if (proving != null && proving.node().equals(node)) {
      actions.watch(proving.session().client(), node);
    }
  }

  private void gone(Proving proving, Loss why) {
    if (proving instanceof Next) {
      state = new Waiting();
    } else {
      state = new LostLease(why, proving.deadline());
      actions.lost(why);
    }
  }

  private void renew(Proving proving) {
    Deadline next = proving.session().lease().deadline();
    Deadline last = proving.deadline().orElse(null);
    if (last == null || next.dieAt() > last.dieAt() || next.timeoutNanos() != last.timeoutNanos()) {
      state = proving.until(next);
      actions.renewed(next);
    }
  }

  // What the contender wants.

  /**
   * Only one is before us.
   *
   * @return whether the heartbeats for this node begin with this call
   */
  boolean expect(HeartbeatClient owner, String node) {
    Heartbeats session = newest.orElse(null);
    if (session == null || !session.isOf(owner)) {
      return false;
    }
    boolean other = state instanceof Next next && !next.node().equals(node);
    if (!(state instanceof Waiting) && !other) {
      return false;
    }
    state = new Next(session, node, clock.getAsLong(), Optional.empty());
    proveNow(session);
    return true;
  }

  /** The one before us is gone: true if the lease lasts a while yet, and is a holder's now. */
  boolean succeed(HeartbeatClient owner, String node) {
    if (!(state instanceof Next next)
        || !next.session().isOf(owner)
        || !next.node().equals(node)
        || !lasts()) {
      return false;
    }
    state = new Holding(next.session(), node, next.deadline());
    proveNow(next.session());
    return true;
  }

  /** Heartbeats for this node from now on; what was proven for it before does not count. */
  void hold(HeartbeatClient owner, String node) {
    Heartbeats session = newest.orElse(null);
    if (state instanceof StoppedKeeping || state instanceof LostLease) {
      return;
    }
    if (session == null || !session.isOf(owner)) {
      state = new LostLease(new Loss.Expired(owner.sessionName()), Optional.empty());
      return;
    }
    state = new Holding(session, node, Optional.empty());
    proveNow(session);
  }

  /** The node turned out not to be ours. */
  void letGo() {
    if (!(state instanceof StoppedKeeping)) {
      state = new Waiting();
      newest.ifPresent(Heartbeats::hurry);
    }
  }

  /** Nobody wants the lock any more. */
  void stop() {
    state = new StoppedKeeping();
  }

  /** One heartbeat for the lock's folder, ahead of those that will count. */
  void rehearse() {
    if (state instanceof Waiting && newest.isPresent()) {
      long now = clock.getAsLong();
      newest.get().sentExtra(now);
      actions.prove(newest.get().client(), parent, now);
    }
  }

  /** Whether a heartbeat has shown that the lease lasts a while yet. */
  boolean lasts() {
    Deadline deadline = state.knownDeadline().orElse(null);
    Proving proving = state.proving();
    return deadline != null && proving != null && proving.session().lasts(clock.getAsLong());
  }

  // Time passes.

  /**
   * Does what is due.
   *
   * @return when something is due next, or {@link #NEVER}
   */
  long pass(long now) {
    Heartbeats session = session();
    if (session == null) {
      return NEVER;
    }
    if (now >= session.silentAt()) {
      actions.note("ZooKeeper is silent, trying another server");
      session.forgetUnanswered();
      actions.reconnect(session.client(), () -> beat(session));
    }
    if (now >= session.due(state, now)) {
      beat(session);
    }
    return Math.min(session.due(state, now), session.silentAt());
  }

  /** Whose heartbeats go out: the holder's session even if there is a newer one; null for none. */
  private @Nullable Heartbeats session() {
    Proving proving = state.proving();
    if (proving != null) {
      return proving.session();
    }
    return state instanceof Waiting ? newest.orElse(null) : null;
  }

  private void proveNow(Heartbeats session) {
    session.hurry();
    beat(session);
  }

  private void beat(Heartbeats session) {
    long now = clock.getAsLong();
    Proving proving = state.proving();
    if (session.send(state, now) && proving != null) {
      actions.prove(session.client(), proving.node(), now);
    } else {
      actions.read(session.client(), parent, now);
    }
  }
}
