package org.lockex.simulation;

import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.simulation.jvm.Play;
import org.lockex.simulation.jvm.RealCode;

/** What the simulation has found wrong with lockex, each with no more than it takes. */
@Tag("waits") // beside tests that leave the processor to it
class FoundFaultIT {
  private final Play play = new RealCode().play("org.lockex.simulation.lockex.FoundFault");

  private void plays(long number) {
    Play.Outcome outcome = play.run(number);
    assertNull(outcome.failure(), () -> String.join("\n", outcome.trace()));
  }

  @Test
  void a_waiter_whose_connection_breaks_twice_while_it_queues_does_not_give_up() {
    plays(1);
  }

  @Test
  void a_waiter_whose_queueing_is_never_answered_does_not_wait_behind_itself() {
    plays(2);
  }

  @Test
  void a_waiter_whose_connection_breaks_while_it_gives_its_watches_up_goes_on() {
    plays(3);
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6, 7, 8, 9})
  void a_connection_that_breaks_again_and_again_as_folders_are_made_ends_nobody(long number) {
    plays(number);
  }
}
