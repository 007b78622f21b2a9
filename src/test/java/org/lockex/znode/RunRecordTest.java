package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunRecordTest {
  private static final Instant ONE = Instant.parse("2026-11-21T08:00:00Z");
  private static final Instant TWO = ONE.plusSeconds(60);
  private static final Contender WHO = new Contender("h", 1, "u", "c", Instant.EPOCH, "");

  @Test
  void is_read_back_as_it_was_written() {
    RunRecord run = RunRecord.NONE.ended(ONE, 0, Duration.ofMillis(1500), WHO, 7);
    assertEquals(Optional.of(run), RunRecord.read(run.bytes()));
    assertEquals(Optional.of(RunRecord.NONE), RunRecord.read(RunRecord.NONE.bytes()));
    RunRecord begun = run.begun(TWO, true, WHO, 8);
    assertEquals(Optional.of(begun), RunRecord.read(begun.bytes()));
  }

  @Test
  void only_a_success_counts() {
    RunRecord failed = RunRecord.NONE.ended(ONE, 1, Duration.ZERO, WHO, 7);
    assertEquals(Optional.empty(), failed.counted());
    RunRecord succeeded = failed.ended(ONE, 0, Duration.ZERO, WHO, 8);
    assertEquals(Optional.of(ONE), succeeded.counted());
    RunRecord again = succeeded.ended(TWO, 1, Duration.ZERO, WHO, 9);
    assertEquals(Optional.of(ONE), again.counted());
    assertEquals(Optional.of(TWO), again.started());
    assertEquals(Optional.of(1), again.exit());
  }

  @Test
  void an_attempt_counts_from_its_start_whatever_becomes_of_it() {
    RunRecord begun = RunRecord.NONE.begun(ONE, true, WHO, 7);
    assertEquals(Optional.of(ONE), begun.counted());
    assertEquals(Optional.of(ONE), begun.ended(ONE, 1, Duration.ZERO, WHO, 7).counted());
  }

  @Test
  void never_counts_back() {
    RunRecord later = RunRecord.NONE.ended(TWO, 0, Duration.ZERO, WHO, 8);
    assertEquals(Optional.of(TWO), later.ended(ONE, 0, Duration.ZERO, WHO, 7).counted());
  }

  @Test
  void other_data_is_no_record() {
    assertEquals(Optional.empty(), RunRecord.read("{}".getBytes(UTF_8)));
    assertEquals(Optional.empty(), RunRecord.read("x".getBytes(UTF_8)));
    assertEquals(Optional.empty(), RunRecord.read("{\"format\":2}".getBytes(UTF_8)));
  }
}
