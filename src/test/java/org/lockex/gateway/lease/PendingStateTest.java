package org.lockex.gateway.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.lockex.gateway.lease.PendingState.PendingEvent;
import org.lockex.znode.Contender;
import org.lockex.znode.ContenderData;
import org.lockex.znode.LeaseTerms;
import org.lockex.znode.LockId;

/** The way of a request, and that nothing leaves it. */
class PendingStateTest {
  private static final Map<String, String> TABLE =
      new TreeMap<>(
          Map.of(
              "PREPARING", "JOIN=QUEUEING END=ENDED",
              "QUEUEING",
                  "RETRY=PREPARING WAITS=WAITING RETREAT=RETREATING GRANTED=GRANTED LEAVE=LEAVING"
                      + " END=ENDED",
              "WAITING",
                  "WAITS=WAITING TURN=GRANTING RETREAT=RETREATING GRANTED=GRANTED LEAVE=LEAVING"
                      + " END=ENDED",
              "GRANTING",
                  "WAITS=WAITING RETREAT=RETREATING GRANTED=GRANTED LEAVE=LEAVING END=ENDED",
              "RETREATING",
                  "WAITS=WAITING RETREAT=RETREATING GRANTED=GRANTED LEAVE=LEAVING END=ENDED",
              "GRANTED", "",
              "LEAVING", "WAITS=WAITING LEAVE=LEAVING END=ENDED",
              "ENDED", ""));

  private static PendingLease pending() {
    LeaseRequest wanted =
        new LeaseRequest(
            LockId.of("job"),
            1,
            "test",
            "client",
            "title",
            Optional.empty(),
            Duration.ZERO,
            Duration.ofSeconds(1),
            Duration.ZERO);
    Contender who = new Contender("host", 1, "user", "c", Instant.EPOCH, "1");
    LeaseTerms terms =
        new LeaseTerms(
            "test", Optional.empty(), Duration.ZERO, Duration.ofSeconds(1), Optional.empty());
    return new PendingLease(wanted, new UUID(1, 2), ContenderData.lease(who, terms), 0);
  }

  @Test
  void every_state_has_these_ways_out_and_no_other() {
    Map<String, String> found = new TreeMap<>();
    for (PendingState state : PendingState.values()) {
      StringBuilder row = new StringBuilder();
      for (PendingEvent event : PendingEvent.values()) {
        state.after(event).ifPresent(next -> row.append(event + "=" + next + " "));
      }
      found.put(state.name(), row.toString().strip());
    }
    assertEquals(TABLE, found);
  }

  @Test
  void what_is_granted_or_over_stays_so() {
    for (PendingState last : new PendingState[] {PendingState.GRANTED, PendingState.ENDED}) {
      for (PendingEvent event : PendingEvent.values()) {
        assertEquals(Optional.empty(), last.after(event), () -> last + " " + event);
      }
    }
  }

  @Test
  void a_way_that_is_not_in_the_table_is_a_defect_and_changes_nothing() {
    PendingLease pending = pending();
    assertThrows(IllegalStateException.class, () -> pending.on(PendingEvent.TURN));
    assertEquals(PendingState.PREPARING, pending.state());
    pending.on(PendingEvent.JOIN);
    pending.on(PendingEvent.WAITS);
    pending.on(PendingEvent.TURN);
    pending.on(PendingEvent.GRANTED);
    String said =
        assertThrows(IllegalStateException.class, () -> pending.on(PendingEvent.LEAVE))
            .getMessage();
    assertTrue(said.contains("GRANTED") && said.contains("LEAVE"), said);
  }

  @Test
  void the_first_outcome_the_first_reason_and_the_newest_token_count() {
    PendingLease pending = pending();
    assertTrue(pending.decide(new LeaseOutcome.TimedOut()));
    assertEquals(false, pending.decide(new LeaseOutcome.Unavailable()));
    pending.giveUp(new LeaseOutcome.HungUp());
    pending.giveUp(new LeaseOutcome.TimedOut());
    assertEquals(Optional.of(new LeaseOutcome.HungUp()), pending.givenUp());
    pending.tokenIs(7);
    pending.tokenIs(9);
    assertEquals(9, pending.token());
  }
}
