package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunRecordTest {
  private static final Instant ONE = Instant.parse("2026-11-21T08:00:00Z");
  private static final Instant TWO = ONE.plusSeconds(60);
  private static final Contender WHO = new Contender("h", 1, "u", "c", Instant.EPOCH, "");
  private static final RunOrigin HERE = new RunOrigin("/srv/a", "/srv/a/job");

  @Test
  void is_read_back_as_it_was_written() {
    RunRecord run = RunRecord.NONE.ended(ONE, 0, Duration.ofMillis(1500), WHO, HERE, 7);
    assertEquals(Optional.of(run), RunRecord.read(run.bytes()));
    assertEquals(Optional.of(RunRecord.NONE), RunRecord.read(RunRecord.NONE.bytes()));
    RunRecord begun = run.begun(TWO, true, WHO, HERE, 8);
    assertEquals(Optional.of(begun), RunRecord.read(begun.bytes()));
  }

  @Test
  void only_a_success_counts() {
    RunRecord failed = RunRecord.NONE.ended(ONE, 1, Duration.ZERO, WHO, HERE, 7);
    assertEquals(Optional.empty(), failed.counted());
    RunRecord succeeded = failed.ended(ONE, 0, Duration.ZERO, WHO, HERE, 8);
    assertEquals(Optional.of(ONE), succeeded.counted());
    RunRecord again = succeeded.ended(TWO, 1, Duration.ZERO, WHO, HERE, 9);
    assertEquals(Optional.of(ONE), again.counted());
    assertEquals(Optional.of(TWO), again.started());
    assertEquals(Optional.of(1), again.exit());
  }

  @Test
  void an_attempt_counts_from_its_start_whatever_becomes_of_it() {
    RunRecord begun = RunRecord.NONE.begun(ONE, true, WHO, HERE, 7);
    assertEquals(Optional.of(ONE), begun.counted());
    assertEquals(Optional.of(ONE), begun.ended(ONE, 1, Duration.ZERO, WHO, HERE, 7).counted());
  }

  @Test
  void never_counts_back() {
    RunRecord later = RunRecord.NONE.ended(TWO, 0, Duration.ZERO, WHO, HERE, 8);
    assertEquals(Optional.of(TWO), later.ended(ONE, 0, Duration.ZERO, WHO, HERE, 7).counted());
  }

  @Test
  void remembers_when_it_last_succeeded() {
    Duration took = Duration.ofSeconds(5);
    RunRecord good = RunRecord.NONE.ended(ONE, 0, took, WHO, HERE, 7);
    assertEquals(Optional.of(ONE.plus(took)), good.succeeded());
    RunRecord failed = good.begun(TWO, true, WHO, HERE, 8).ended(TWO, 1, took, WHO, HERE, 8);
    assertEquals(Optional.of(TWO), failed.counted());
    assertEquals(Optional.of(ONE.plus(took)), failed.succeeded());
    String of10 =
        "{\"format\":1,\"started\":\"2026-11-21T08:00:00Z\",\"exit\":0,\"tookMillis\":5000}";
    assertEquals(
        Optional.of(ONE.plus(took)),
        RunRecord.read(of10.getBytes(UTF_8)).orElseThrow().succeeded());
  }

  @Test
  void who_came_in_vain_is_counted_with_the_run_before_and_who_ran_is_not() {
    RunRecord run = RunRecord.NONE.asked().ended(ONE, 0, Duration.ZERO, WHO, HERE, 7);
    RunRecord twice = run.asked().asked();
    assertEquals(2, twice.runs().getFirst().skipped());
    RunRecord next = twice.asked().ended(TWO, 1, Duration.ZERO, WHO, HERE, 10);
    assertEquals(2, next.runs().size());
    assertEquals(0, next.runs().get(0).skipped());
    assertEquals(2, next.runs().get(1).skipped());
    RunRecord attempt = twice.asked().begun(TWO, true, WHO, HERE, 10);
    assertEquals(next.runs().get(1), attempt.runs().get(1));
    assertEquals(next.runs(), attempt.ended(TWO, 1, Duration.ZERO, WHO, HERE, 10).runs());
  }

  @Test
  void remembers_few_runs_in_few_bytes() {
    Contender long1 =
        new Contender("h".repeat(64), 1, "u".repeat(200), "é".repeat(512), Instant.EPOCH, "");
    RunRecord record = RunRecord.NONE;
    for (int i = 1; i <= 50; i++) {
      record = record.asked().ended(ONE.plusSeconds(i), 1, Duration.ZERO, long1, HERE, i);
    }
    assertEquals(20, record.runs().size());
    assertEquals(50, record.runs().getFirst().token());
    assertEquals(31, record.runs().getLast().token());
    assertTrue(record.bytes().length < 16_384, "bytes: " + record.bytes().length);
    assertEquals(Optional.of(record), RunRecord.read(record.bytes()));
  }

  @Test
  void other_data_is_no_record() {
    assertEquals(Optional.empty(), RunRecord.read("{}".getBytes(UTF_8)));
    assertEquals(Optional.empty(), RunRecord.read("x".getBytes(UTF_8)));
    assertEquals(Optional.empty(), RunRecord.read("{\"format\":2}".getBytes(UTF_8)));
  }

  @Test
  void tells_where_the_run_was_that_counts_not_a_later_one_that_failed() {
    RunOrigin there = new RunOrigin("/srv/b", "/srv/b/job");
    RunRecord run = RunRecord.NONE.ended(ONE, 0, Duration.ZERO, WHO, HERE, 7);
    RunRecord failed = run.ended(TWO, 1, Duration.ZERO, WHO, there, 8);
    assertEquals(Optional.of(HERE), failed.origin());
    assertEquals(Optional.of(there), failed.begun(TWO, true, WHO, there, 9).origin());
    assertEquals(Optional.of(HERE), RunRecord.read(failed.bytes()).orElseThrow().origin());
  }
}
