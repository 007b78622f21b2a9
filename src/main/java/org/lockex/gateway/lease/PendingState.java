package org.lockex.gateway.lease;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far a request for a lease is, and how it gets from one state to another.
 *
 * <pre>
 * PREPARING --JOIN--> QUEUEING --WAITS--> WAITING --TURN--> GRANTING --GRANTED--> GRANTED
 *     ^                  |                 |   ^                |
 *     +------RETRY-------+          RETREAT|   |WAITS           |LEAVE
 *                                          v   |                v
 *                                      RETREATING            LEAVING --END--> ENDED
 * </pre>
 *
 * <p>Every state but GRANTED can END. After a lost connection a node is found in ZooKeeper that
 * tells the true state; these are the other rows of the table.
 */
enum PendingState {
  /** Nothing of it is in ZooKeeper or on its way there. */
  PREPARING,
  /** The creation of its node is on its way. */
  QUEUEING,
  /** Its node stands in the queue. */
  WAITING,
  /** Its turn has come; the grant is on its way. */
  GRANTING,
  /** Its node was created as a grant but is not first; it is being made a waiting one. */
  RETREATING,
  /** It holds the lock. */
  GRANTED,
  /** Its node is being deleted. */
  LEAVING,
  /** It is over without a grant. */
  ENDED;

  /** What happens to a request. */
  enum PendingEvent {
    /** Its node is being created. */
    JOIN,
    /** The creation failed, and will be tried again. */
    RETRY,
    /** Its node stands in the queue, and it holds nothing. */
    WAITS,
    /** Its turn has come. */
    TURN,
    /** Its node, created as a grant, is not first. */
    RETREAT,
    /** The grant stands in ZooKeeper. */
    GRANTED,
    /** Its node is being deleted. */
    LEAVE,
    /** Nothing of it is in ZooKeeper any more, or nothing that can be helped. */
    END
  }

  private static final Map<PendingState, Map<PendingEvent, PendingState>> TABLE = table();

  private static Map<PendingState, Map<PendingEvent, PendingState>> table() {
    Map<PendingState, Map<PendingEvent, PendingState>> table = new EnumMap<>(PendingState.class);
    for (PendingState state : values()) {
      table.put(state, new EnumMap<>(PendingEvent.class));
    }
    row(table, PREPARING, PendingEvent.JOIN, QUEUEING);
    row(table, QUEUEING, PendingEvent.RETRY, PREPARING);
    row(table, WAITING, PendingEvent.TURN, GRANTING);
    for (PendingState found : new PendingState[] {QUEUEING, WAITING, GRANTING, RETREATING}) {
      row(table, found, PendingEvent.WAITS, WAITING);
      row(table, found, PendingEvent.RETREAT, RETREATING);
      row(table, found, PendingEvent.GRANTED, GRANTED);
    }
    // A delete whose answer was lost may not have happened.
    row(table, LEAVING, PendingEvent.WAITS, WAITING);
    for (PendingState state : values()) {
      if (state != GRANTED && state != ENDED) {
        row(table, state, PendingEvent.END, ENDED);
        if (state != PREPARING) {
          row(table, state, PendingEvent.LEAVE, LEAVING);
        }
      }
    }
    return table;
  }

  private static void row(
      Map<PendingState, Map<PendingEvent, PendingState>> table,
      PendingState from,
      PendingEvent event,
      PendingState to) {
    table.computeIfAbsent(from, state -> new EnumMap<>(PendingEvent.class)).put(event, to);
  }

  /** The state after {@code event}; empty if it cannot happen in this one. */
  Optional<PendingState> after(PendingEvent event) {
    return Optional.ofNullable(TABLE.getOrDefault(this, Map.of()).get(event));
  }

  /** Whether a transaction is on its way that may make it a grant, or un-make one. */
  boolean undecided() {
    return this == QUEUEING || this == GRANTING || this == RETREATING;
  }

  /** Whether its outcome is still open. */
  boolean open() {
    return this != GRANTED && this != ENDED;
  }
}
