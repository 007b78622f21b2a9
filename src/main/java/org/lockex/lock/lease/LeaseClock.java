package org.lockex.lock.lease;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Tells from the times of requests and answers until when ZooKeeper certainly keeps a session. All
 * times are nanoseconds of one clock that runs on while the machine is suspended.
 *
 * <p>The leader expires a session T after it last <em>heard</em> of it, never earlier
 * (SessionTrackerImpl rounds up to the next tick). What it heard is not what we sent: a follower
 * tells its leader only every half tick which sessions were active, and a follower cut off from its
 * leader goes on answering reads. So an instant counts as heard, if it is
 *
 * <ul>
 *   <li>the sending of the request that created the session: the leader created it later;
 *   <li>the sending of a reconnect that was answered, once a heartbeat sent afterwards was answered
 *       through the quorum: a follower asks the leader about a session that is new to it;
 *   <li>the sending of any request whose answer came at least L = T/4 before the sending of a
 *       heartbeat that was answered through the quorum: the answer shows that the follower had it,
 *       L is at least half a tick because T is at least two ticks, and the heartbeat shows that the
 *       follower still had its leader after that half tick.
 * </ul>
 *
 * <p>T is the least timeout ever negotiated for the session: a new leader may go by the one that
 * the session was created with.
 */
final class LeaseClock {
  private static final long LEAST_MARGIN = 200_000_000;

  private record Exchange(long sent, long received) {}

  private final ArrayDeque<Exchange> unproven = new ArrayDeque<>();
  private long timeout;
  private long base;
  private long roundTrip;
  private long reconnectAsked;
  private boolean reconnectProven = true;

  /** The session was created by a request sent at {@code asked} or later. */
  void created(long asked, long timeoutNanos) {
    unproven.clear();
    timeout = timeoutNanos;
    base = asked;
    reconnectProven = true;
  }

  /** The session was taken up again, by a request sent at {@code asked} or later. */
  void reconnected(long asked, long timeoutNanos) {
    // What the last connection's follower had heard may have been lost with it.
    unproven.clear();
    timeout = Math.min(timeout, timeoutNanos);
    reconnectAsked = asked;
    reconnectProven = false;
  }

  /** Any request was answered, whoever answered it. Calls come in the order of the answers. */
  void answered(long sent, long received) {
    // A waiter proves nothing for days: of those old enough for the next proof the newest will do.
    long lag = timeout / 4;
    while (unproven.size() > 1 && second().received <= received - lag) {
      unproven.remove();
    }
    unproven.add(new Exchange(sent, received));
  }

  private Exchange second() {
    Iterator<Exchange> exchanges = unproven.iterator();
    exchanges.next();
    return exchanges.next();
  }

  /** A heartbeat through the quorum was answered. Calls come in the order of the answers. */
  void proven(long sent, long received) {
    if (!reconnectProven && sent >= reconnectAsked) {
      reconnectProven = true;
      base = Math.max(base, reconnectAsked);
    }
    long lag = timeout / 4;
    for (Exchange e = unproven.peek(); e != null && e.received <= sent - lag; e = unproven.peek()) {
      base = Math.max(base, e.sent);
      unproven.remove();
    }
    roundTrip = received - sent;
    answered(sent, received);
  }

  /**
   * When the base has moved, if heartbeats go through the quorum from now on and are answered as
   * soon as the last one was.
   *
   * @param beat how long after one of them the next is sent
   */
  long renewedBy(long now, long beat) {
    Exchange next = unproven.peek();
    return next == null
        ? Long.MAX_VALUE
        : Math.max(next.received + timeout / 4 + beat, now) + roundTrip;
  }

  /** Until when the session is certainly kept, by what is known now. */
  Deadline deadline() {
    long dieAt = base + timeout - Math.max(LEAST_MARGIN, timeout / 20);
    return new Deadline(dieAt - timeout / 20, dieAt, timeout);
  }

  /** The session timeout that counts, in nanoseconds. */
  long timeout() {
    return timeout;
  }
}
