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

  /** The next heartbeat is due at once. */
  void hurry() {
    dueNow = true;
  }

  /**
   * When the next heartbeat is due: every T/10 for one who holds, which is the sooner the shorter T
   * is, but no more often than every 100 ms; every T/5 for everyone else.
   */
  long due(boolean holds) {
    long timeout = lease.timeout();
    long beat = holds ? Math.max(SHORTEST_BEAT, timeout / 10) : timeout / 5;
    return dueNow ? lastSent : lastSent + beat;
  }

  boolean isDue(boolean holds, long now) {
    return dueNow || now >= due(holds);
  }

  /** The regular heartbeat was sent. */
  void sent(long now) {
    lastSent = now;
    dueNow = false;
    unanswered.add(now);
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
  }
}
