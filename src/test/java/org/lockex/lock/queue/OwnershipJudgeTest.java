package org.lockex.lock.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lockex.lock.queue.OwnershipAnswers.OwnNode;
import org.lockex.znode.GoldenNodes;
import org.lockex.znode.LockData;
import org.lockex.znode.LockFolder;
import org.lockex.znode.OtherMake;

/** Whether a lock is ours, as a table. */
class OwnershipJudgeTest {
  private static final long SESSION = 7;
  private static final long CZXID = 42;
  private static final long BASE = 1_000_000;
  private static final Optional<OwnNode> OURS = Optional.of(new OwnNode(SESSION, CZXID));
  private static final String OWN = "_c_6f2c3e0a-0000-4000-8000-000000000001-lock-0000000003";
  private static final String SOMEBODY = "somebody-0000000001";
  private static final String KAZOO = "0f0e6b2f1b0c4c0e9d0b__lock__0000000001";

  private record Row(
      int concurrency,
      Optional<OwnNode> own,
      String data,
      List<String> children,
      int leases,
      Verdict verdict) {}

  private static String data(int concurrency) {
    return new String(new LockData(concurrency).bytes(), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static Optional<LockNodeRead> read(int wanted, String data) {
    return Optional.of(
        LockNodeRead.of(
            new LockData(wanted), data.getBytes(java.nio.charset.StandardCharsets.UTF_8), 5));
  }

  private static Verdict unsettled(int wanted, String data) {
    return new Verdict.Unsettled(read(wanted, data).orElseThrow(), CZXID, BASE);
  }

  private static final Verdict YES = new Verdict.Ours(CZXID, BASE);
  private static final Verdict NO = new Verdict.NotOurs();
  private static final Verdict SEMAPHORE = new Verdict.OtherKind("as a semaphore");
  private static final Verdict MUTEX = new Verdict.OtherKind("as a mutex");

  @Test
  void each_row_has_its_verdict() {
    List<String> alone = List.of(OWN);
    Optional<OwnNode> stolen = Optional.of(new OwnNode(8, CZXID));
    Verdict strangers = new Verdict.Occupied(List.of(SOMEBODY));
    Verdict kazoo = new Verdict.TakenByOtherMake(OtherMake.among(List.of(KAZOO)).orElseThrow());
    List<Row> rows =
        List.of(
            new Row(1, OURS, data(1), alone, 0, YES),
            // Blanks, order and unknown members do not matter.
            new Row(
                1,
                OURS,
                "{ \"concurrency\" : 1, \"x\": 1, \"mode\" : \"mutex\", \"format\": 1 }",
                alone,
                0,
                YES),
            new Row(1, OURS, data(1), List.of(OWN, "x-lock-0000000004"), 0, YES),
            new Row(1, Optional.empty(), data(1), alone, 0, NO),
            new Row(1, stolen, data(1), alone, 0, NO),
            new Row(1, OURS, data(3), alone, 0, new Verdict.OtherConcurrency(new LockData(3))),
            new Row(3, OURS, data(4), List.of(), 0, new Verdict.OtherConcurrency(new LockData(4))),
            new Row(1, OURS, "", alone, 0, unsettled(1, "")),
            new Row(1, OURS, "theirs", alone, 0, unsettled(1, "theirs")),
            // A semaphore's empty folders mean nothing, its leases do, whatever the data tells.
            new Row(1, OURS, data(1), List.of(OWN, "leases", "locks"), 0, YES),
            new Row(1, OURS, data(1), List.of(OWN, "leases"), 1, SEMAPHORE),
            new Row(1, OURS, "", List.of(OWN, "leases"), 1, SEMAPHORE),
            new Row(3, OURS, data(3), List.of("leases", "locks"), 0, YES),
            new Row(3, OURS, data(3), List.of("leases", "x-lock-0000000000"), 0, MUTEX),
            new Row(1, OURS, data(1), List.of(SOMEBODY, OWN), 0, strangers),
            new Row(3, OURS, data(3), List.of("leases", SOMEBODY), 0, strangers),
            new Row(1, OURS, data(1), List.of(SOMEBODY, KAZOO, OWN), 0, kazoo),
            new Row(3, OURS, data(3), List.of("leases", KAZOO), 0, kazoo),
            new Row(1, OURS, "theirs", List.of(SOMEBODY, OWN), 0, strangers));
    for (Row row : rows) {
      OwnershipAnswers answers =
          new OwnershipAnswers(
              row.own(),
              read(row.concurrency(), row.data()),
              LockFolder.of(row.children()),
              row.leases(),
              BASE);
      assertEquals(
          row.verdict(),
          new OwnershipJudge(new LockData(row.concurrency())).judge(SESSION, answers),
          row.toString());
    }
  }

  @Test
  void it_is_not_ours_where_the_locks_node_is_gone() {
    OwnershipAnswers answers =
        new OwnershipAnswers(OURS, Optional.empty(), LockFolder.of(List.of()), 0, BASE);
    assertEquals(NO, new OwnershipJudge(new LockData(1)).judge(SESSION, answers));
  }

  private static Verdict judged(int wanted, byte[] data, List<String> children) {
    return new OwnershipJudge(new LockData(wanted))
        .judge(
            SESSION,
            new OwnershipAnswers(
                OURS,
                Optional.of(LockNodeRead.of(new LockData(wanted), data, 5)),
                LockFolder.of(children),
                0,
                BASE));
  }

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#locks")
  void lock_data_is_judged_as_the_golden_bytes_say(GoldenNodes.GoldenLock golden) {
    for (int wanted : new int[] {1, 3}) {
      Verdict verdict = judged(wanted, golden.data(), wanted == 1 ? List.of(OWN) : List.of());
      if (golden.concurrency().isEmpty()) {
        assertInstanceOf(Verdict.Unsettled.class, verdict);
      } else if (golden.concurrency().get() == wanted) {
        assertEquals(YES, verdict);
      } else {
        assertEquals(
            new Verdict.OtherConcurrency(new LockData(golden.concurrency().get())), verdict);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#children")
  void whoever_is_in_a_locks_folder_counts_as_the_golden_names_say(GoldenNodes.GoldenChild golden) {
    Verdict verdict = judged(1, new LockData(1).bytes(), List.of(OWN, golden.node()));
    boolean refused =
        verdict instanceof Verdict.TakenByOtherMake || verdict instanceof Verdict.Occupied;
    assertEquals(golden.kind().equals("stranger"), refused, verdict.toString());
  }
}
