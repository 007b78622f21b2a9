package org.lockex.lock.lease;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.lockex.lock.session.HeartbeatClient;

/**
 * The heartbeats of one session: which are on their way, when the next is due, and what the answers
 * prove. It lives as long as the session does, whatever nodes the session has meanwhile, so that no
 * timeout negotiated on the way is forgotten.
 */
final class Heartbeats {
  static final long SHORTEST_BEAT = TimeUnit.MILLISECONDS.toNanos(100);

  private final HeartbeatClient client;
  private final LeaseClock lease = new LeaseClock();
  private final ArrayDeque<Long> unanswered = new ArrayDeque<>();
  private long lastSent;
  private boolean dueNow;
  private boolean startAsked;
  private long firstAsked;

  /** The last request went through the quorum. */
  private boolean readBetween;

  Heartbeats(HeartbeatClient client) {
    this.client = client;
  }

  HeartbeatClient client() {
    return client;
  }

  /** Whether this client's session is meant. */
  boolean isOf(HeartbeatClient other) {
    return client.equals(other);
  }

  /** What the answers prove. */
  LeaseClock lease() {
    return lease;
  }

  /** The next heartbeat is due at once, and is one through the quorum. */
  void hurry() {
    dueNow = true;
    readBetween = false;
  }

  /**
   * How long after a holder's heartbeat the next goes through the quorum: T/7, which is the sooner
   * the shorter T is, but no less than 100 ms. Two of them are a little more than the T/4 that an
   * answer has to be old before the next heartbeat proves it.
   */
  private long holdersBeat() {
    return Math.max(SHORTEST_BEAT, lease.timeout() / 7);
  }

  /**
   * Whether a command may start by what is proven now: its SIGKILL is more than T/4 away, and with
   * a holder's heartbeats the lease is longer before SIGTERM is due, which comes T/6 before that at
   * most. Otherwise a command would be ended that nothing is wrong with. Where answers take so long
   * that this is not to be had in 2 T, it starts and may be ended: nobody waits for ever.
   */
  boolean lasts(long now) {
    long killAt = lease.deadline().killAt();
    if (killAt - now <= lease.timeout() / 4) {
      return false;
    }
    if (!startAsked) {
      startAsked = true;
      firstAsked = now;
    }
    return lease.renewedBy(now, holdersBeat()) < killAt - lease.timeout() / 6
        || now - firstAsked > 2 * lease.timeout();
  }

  /**
   * When the next request is due. A holder sends one every half of its beat; who is next in line
   * and proves it, every T/5; all others every 5/16 of T, just before the client would send a ping.
   */
  long due(LeaseState state, long now) {
    long timeout = lease.timeout();
    long interval =
        state instanceof LeaseState.Holding
            ? holdersBeat() / 2
            : state.proves(now) ? timeout / 5 : timeout * 5 / 16;
    return dueNow ? lastSent : lastSent + interval;
  }

  /**
   * The regular request is sent now.
   *
   * @return whether it is to go through the quorum: all of those that prove do, but for every other
   *     one of a holder
   */
  boolean send(LeaseState state, long now) {
    boolean quorum = state.proves(now) && !(state instanceof LeaseState.Holding && readBetween);
    readBetween = quorum;
    lastSent = now;
    dueNow = false;
    unanswered.add(now);
    return quorum;
  }

  /** A heartbeat besides the regular ones was sent. */
  void sentExtra(long now) {
    unanswered.add(now);
  }

  /** An answer came, or the news that none will come. */
  void answered(long sent) {
    unanswered.remove(sent);
  }

  /** When the silence is too long: T/6 after the oldest request that is still unanswered. */
  long silentAt() {
    Long oldest = unanswered.peek();
    return oldest == null ? Long.MAX_VALUE : oldest + lease.timeout() / 6;
  }

  /** The requests on their way are given up. */
  void forgetUnanswered() {
    unanswered.clear();
    readBetween = false;
  }
}
