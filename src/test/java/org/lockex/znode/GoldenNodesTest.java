package org.lockex.znode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lockex.znode.GoldenNodes.GoldenChild;
import org.lockex.znode.GoldenNodes.GoldenContender;
import org.lockex.znode.GoldenNodes.GoldenLock;
import org.lockex.znode.GoldenNodes.GoldenRun;

/** What stands in ZooKeeper is read as golden-nodes.txt says. */
class GoldenNodesTest {
  private static final long CZXID = 77;

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#locks")
  void lock_data_is_read_as_written_there(GoldenLock lock) {
    LockData.Reading reading = LockData.read(lock.data());
    assertEquals(lock.strange(), reading instanceof LockData.Reading.Strange);
    assertEquals(
        lock.concurrency().map(LockData::new),
        reading instanceof LockData.Reading.Known known
            ? Optional.of(known.data())
            : Optional.empty());
    for (int concurrency : List.of(1, 3, 5)) {
      assertEquals(
          lock.concurrency().equals(Optional.of(concurrency)),
          new LockData(concurrency).isIn(lock.data()));
    }
  }

  @Test
  void lock_data_is_written_as_version_1_0_wrote_it() {
    List<GoldenLock> own =
        GoldenNodes.locks().filter(lock -> lock.name().contains("of 1.0")).toList();
    assertEquals(2, own.size());
    for (GoldenLock lock : own) {
      assertArrayEquals(lock.data(), new LockData(lock.concurrency().orElseThrow()).bytes());
    }
  }

  private static Stat stat(GoldenContender contender) {
    Stat stat = new Stat();
    stat.setCzxid(CZXID);
    stat.setCtime(1000);
    stat.setMtime(999_000);
    stat.setEphemeralOwner(contender.persistent() ? 0 : 5);
    return stat;
  }

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#contenders")
  void a_contender_is_read_as_written_there(GoldenContender contender) {
    ContenderData data = ContenderData.read(contender.data());
    Optional<Grant> grant = Grant.of(contender.data(), stat(contender));
    assertEquals(grant, Grant.of(data.terms(), stat(contender)));
    boolean starts = contender.meaning().equals("starts");
    assertEquals(starts, data.acquired().isPresent());
    assertEquals(starts, ContenderData.tellsStart(contender.data()));
    assertEquals(
        contender.meaning().equals("lease") || grant.isPresent(), data.terms().isPresent());
    assertEquals(contender.grant().isPresent(), grant.isPresent());
    if (grant.isPresent()) {
      long[] expected = contender.grant().orElseThrow();
      assertEquals(Duration.ofMillis(expected[0]), grant.get().lifetime());
      assertEquals(expected[1] == 0 ? CZXID : expected[1], grant.get().token());
      assertEquals(Instant.ofEpochMilli(1000 + expected[0]), grant.get().endsAt());
    }
  }

  @Test
  void contenders_are_written_as_version_1_0_wrote_them() {
    List<GoldenContender> own =
        GoldenNodes.contenders().filter(c -> c.name().contains("of 1.0")).toList();
    assertEquals(5, own.size());
    for (GoldenContender contender : own) {
      assertArrayEquals(contender.data(), ContenderData.read(contender.data()).bytes());
    }
  }

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#children")
  void a_child_is_what_is_written_there(GoldenChild child) {
    LockFolder folder = LockFolder.of(List.of(child.node()));
    assertEquals(child.kind().equals("queue"), !folder.queue().isEmpty());
    assertEquals(child.kind().equals("folder"), folder.hasSemaphore());
    assertEquals(child.kind().equals("stranger"), !folder.strangers().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#runs")
  void a_run_record_is_read_as_written_there(GoldenRun run) {
    Optional<RunRecord> record = RunRecord.read(run.data());
    assertEquals(
        run.meaning(),
        record
            .map(r ->
                r.counted().map(Instant::toString).orElse("-")
                    + " "
                    + r.exit().map(String::valueOf).orElse("-")
                    + " "
                    + r.token())
            .orElse("strange"));
  }

  @Test
  void the_queue_is_in_the_order_of_its_numbers_whatever_stands_before_them() {
    List<String> names =
        List.of("_c_z-lock-0000000002", "locks", "_c_a-lock-0000000010", "x", "b-lock-0000000001");
    LockFolder folder = LockFolder.of(names);
    assertEquals(
        List.of("b-lock-0000000001", "_c_z-lock-0000000002", "_c_a-lock-0000000010"),
        folder.queue());
    assertEquals(List.of("x"), folder.strangers());
    assertTrue(folder.hasLocks());
    assertFalse(folder.hasLeases());
  }

  @Test
  void a_path_is_taken_apart() {
    assertEquals(
        new LockPaths.Place(LockPaths.Part.ROOT, ""), LockPaths.place("/lockex", "/lockex"));
    assertEquals(new LockPaths.Place(LockPaths.Part.ROOT, ""), LockPaths.place("", "/"));
    assertEquals(
        new LockPaths.Place(LockPaths.Part.LOCK, "a"), LockPaths.place("/lockex", "/lockex/a"));
    assertEquals(
        new LockPaths.Place(LockPaths.Part.LEASES, "a"),
        LockPaths.place("/lockex", new LockPaths("/lockex/a").leases()));
    assertEquals(
        new LockPaths.Place(LockPaths.Part.CONTENDER, "a"), LockPaths.place("", "/a/locks/x"));
    assertEquals(
        new LockPaths.Place(LockPaths.Part.CONTENDER, "a"),
        LockPaths.place("/lockex", "/lockex/a/lock-0000000000"));
    for (String path : List.of("/lockexer/a", "/lockex/a/b/c", "/lockex/a/locks/b/c", "/other")) {
      assertEquals(LockPaths.Part.ELSEWHERE, LockPaths.place("/lockex", path).part());
    }
  }

  @Test
  void a_uid_is_that_of_the_name_or_made_of_it() {
    assertEquals(
        "6f2c3e0a000040008000000000000001",
        QueueNames.uid("_c_6f2c3e0a-0000-4000-8000-000000000001-lock-0000000000"));
    assertEquals(32, QueueNames.uid("lock-0000000000").length());
  }
}
