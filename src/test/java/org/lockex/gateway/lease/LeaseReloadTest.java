package org.lockex.gateway.lease;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.gateway.lease.LeaseWorld.Fault;
import org.lockex.gateway.lease.LeaseWorld.Watched;
import org.lockex.znode.LockId;

/** What lockexd knows of others' nodes, and of its own after a lost connection. */
class LeaseReloadTest {
  private static final Duration LONG = Duration.ofMinutes(15);
  private static final Duration SHORT = Duration.ofSeconds(5);

  private static LeaseWorld world() {
    return new LeaseWorld(1, 2, 1, Fault.NONE, -1);
  }

  private static void write(LeaseWorld world, Op... ops) {
    FakeZooKeeper.Answer answer = world.server.write(List.of(ops), 77);
    assertEquals("OK", answer.code().toString());
    world.settle();
  }

  private static Op create(String path, String data, CreateMode mode) {
    return Op.create(path, data.getBytes(UTF_8), ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
  }

  private static List<LeaseView> at(LeaseWorld world, int gateway, String lock) {
    var found = world.gateways.get(gateway).directory().contenders(LockId.of(lock));
    world.settle();
    return found.join().orElseThrow();
  }

  @Test
  void a_load_that_is_cut_ends_no_grant_and_makes_no_age_known() {
    for (int cut = 0; cut < 14; cut++) {
      LeaseWorld world = world();
      for (int i = 0; i < 6; i++) {
        world.acquire(i % 2, "own" + i, Duration.ZERO, LONG, Duration.ZERO);
        world.settle();
      }
      // The first lockexd loses its connection while the other grants six more.
      world.sessions.get(0).lose(false, false);
      for (int i = 0; i < 6; i++) {
        world.acquire(1, "later" + i, Duration.ZERO, LONG, Duration.ZERO);
        world.settleBut(0);
      }
      world.sessions.get(0).connect();
      for (int i = 0; i < cut; i++) {
        world.sessions.get(0).takeAndDeliver();
      }
      world.sessions.get(0).lose(false, false);
      world.settle();
      world.sessions.get(0).lose(false, false);
      world.settle();
      world.pass(Duration.ofSeconds(800));
      assertEquals(12, world.contenders().size(), "cut after " + cut);
      world.pass(Duration.ofSeconds(101));
      assertEquals("[]", world.contenders().toString(), "cut after " + cut);
    }
  }

  @Test
  void half_of_anothers_grant_before_the_connection_goes_is_nobodys_turn() {
    LeaseWorld world = world();
    world.acquire(0, "job", Duration.ZERO, LONG, Duration.ZERO);
    world.settle();
    world.acquire(0, "job", LONG, LONG, Duration.ZERO);
    world.settle();
    world.acquire(1, "job", LONG, LONG, Duration.ZERO);
    world.settle();
    // The first lockexd grants the lock to its waiter. The other hears that the holder has gone,
    // and that the waiter has, but not that the waiter's grant has come.
    world.releaseAll(0);
    world.settleBut(1);
    FakeSession other = world.sessions.get(1);
    other.deliver();
    other.deliver();
    other.loseUnheard(0);
    world.settle();
    assertEquals(List.of(), world.overlaps);
    assertEquals(2, world.contenders().size());
  }

  @Test
  void a_request_that_waited_for_the_next_connection_is_not_judged_before_all_is_loaded() {
    LeaseWorld world = world();
    world.acquire(0, "job", Duration.ZERO, LONG, Duration.ZERO);
    world.settle();
    world.releaseAll(0);
    world.settle();
    // The connection has gone, but nobody has told the second lockexd yet: it finds the lock free.
    world.sessions.get(1).lose(false, false);
    Watched late = world.acquire(1, "job", LONG, LONG, Duration.ZERO);
    world.acquire(0, "job", Duration.ZERO, LONG, Duration.ZERO);
    world.settleBut(1);
    world.settle();
    assertEquals(List.of(), world.overlaps);
    assertEquals(0, late.outcomes);
    assertEquals(2, world.contenders().size());
  }

  @Test
  void a_mutex_that_only_a_load_shows_is_not_granted_beside_a_semaphore() {
    LeaseWorld world = world();
    world.acquire(0, "job", Duration.ZERO, LONG, Duration.ZERO);
    world.settle();
    world.releaseAll(0);
    world.settle();
    // The lock is free and a mutex, as the second lockexd knows; it asks for it by one write.
    Watched mutex = world.acquire(1, "job", LONG, LONG, Duration.ZERO);
    String semaphore = "{\"mode\": \"semaphore\", \"concurrency\": 2, \"format\": 1}";
    world.server.write(
        List.of(
            Op.delete("/lockex/job", -1),
            create("/lockex/job", semaphore, CreateMode.CONTAINER),
            create("/lockex/job/leases", "", CreateMode.CONTAINER),
            create("/lockex/job/leases/_c_0-lease-0000000000", "", CreateMode.EPHEMERAL)),
        77);
    world.sessions.get(1).take();
    world.sessions.get(1).loseUnheard(0);
    world.settle();
    assertEquals(Optional.of(new LeaseOutcome.OtherShape()), mutex.outcome);
  }

  @Test
  void a_lease_behind_one_that_only_a_load_shows_is_not_given() {
    for (int seed = 0; seed < 20; seed++) {
      LeaseWorld world = new LeaseWorld(seed, 1, 2, Fault.NONE, -1);
      world.acquire(0, "job", Duration.ZERO, LONG, Duration.ZERO);
      world.settle();
      Watched second = world.acquire(0, "job", LONG, LONG, Duration.ZERO);
      FakeSession session = world.sessions.getFirst();
      while (!session.hasRequest() || session.nextWrites().size() < 2) {
        session.takeAndDeliver();
      }
      // Somebody of whom we are told nothing comes before it, and then its answer is lost.
      Op untold =
          create(
              "/lockex/job/leases/_c_89abcdef-0123-4567-89ab-cdef01234567-lease-",
              "",
              CreateMode.EPHEMERAL_SEQUENTIAL);
      assertEquals("OK", world.server.write(List.of(untold), 77).code().toString());
      session.take();
      session.loseUnheard(0);
      world.settle();
      assertEquals(Optional.of(new LeaseOutcome.Unavailable()), second.outcome, "seed " + seed);
    }
  }

  /** As lockserver's clients ask, who come back with a ticket, and others. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void who_queued_unheard_is_told_so_after_the_load(int grace) {
    LeaseWorld world = world();
    world.acquire(0, "job", Duration.ZERO, LONG, Duration.ZERO);
    world.settle();
    Duration claimed = Duration.ofMinutes(grace);
    Watched impatient = world.acquire(1, "job", Duration.ZERO, LONG, claimed);
    world.sessions.get(1).take();
    world.sessions.get(1).loseUnheard(0);
    world.settle();
    assertEquals(Optional.of(new LeaseOutcome.TimedOut()), impatient.outcome);
    assertEquals(1, world.contenders().size());
    Watched patient = world.acquire(1, "job", LONG, LONG, claimed);
    world.sessions.get(1).take();
    world.sessions.get(1).loseUnheard(0);
    world.settle();
    assertEquals(Optional.empty(), patient.outcome);
    assertTrue(patient.pending.queued().getNow(false), "its client may hang up");
    assertEquals(grace > 0, patient.pending.joined().isDone(), "its client may come back");
  }

  @Test
  void a_grant_that_is_rewritten_as_it_ends_ends_nevertheless() {
    LeaseWorld world = new LeaseWorld(1, 1, 1, Fault.NONE, -1);
    world.acquire(0, "job", Duration.ZERO, SHORT, Duration.ZERO);
    world.settle();
    FakeSession session = world.sessions.get(0);
    String path = world.contenders().getFirst();
    world.server.write(List.of(Op.setData(path, world.server.data(path), -1)), 77);
    session.deliver(); // so it will be read, and when its time is over it is deleted as it was
    world.passWithout(SHORT);
    session.take();
    session.take();
    session.deliver(); // what it is now, and that its time is over
    world.passWithout(Duration.ofMillis(300));
    world.pass(SHORT);
    assertEquals(List.of(), world.contenders());
  }

  @Test
  void who_waits_is_told_when_the_session_may_be_over_however_often_no_connection_comes_about() {
    LeaseWorld world = world();
    world.acquire(0, "job", Duration.ZERO, LONG, Duration.ZERO);
    world.settle();
    Watched waits = world.acquire(1, "job", LONG, LONG, Duration.ZERO);
    world.settle();
    FakeSession session = world.sessions.get(1);
    session.lose(false, false);
    for (int second = 0; second < FakeSession.TIMEOUT.toSeconds(); second++) {
      assertEquals(0, waits.outcomes);
      session.failsToConnect();
      session.deliverAll();
      world.passWithout(Duration.ofSeconds(1));
    }
    assertEquals(Optional.of(new LeaseOutcome.Unavailable()), waits.outcome);
  }

  /** The simulation found it: the load waited for a read of the session before, and never ended. */
  @Test
  void a_lockexd_whose_session_ended_under_a_read_serves_again() {
    LeaseWorld world = world();
    write(world, create("/lockex/job", "", CreateMode.CONTAINER));
    FakeSession session = world.sessions.get(1);
    FakeZooKeeper.Answer _ =
        world.server.write(
            List.of(create("/lockex/job/lock-0000000000", "", CreateMode.PERSISTENT)), 77);
    session.deliver();
    assertTrue(session.hasRequest());
    Runnable late = session.expireBeforeAnswers();
    world.settle();
    late.run();
    world.settle();
    assertTrue(world.gateways.get(1).directory().ready());
    assertEquals(1, at(world, 1, "job").size());
  }

  @Test
  void writing_a_grants_bytes_again_moves_its_end_for_nobody() {
    LeaseWorld world = world();
    world.acquire(0, "job", Duration.ZERO, SHORT, Duration.ZERO);
    world.settle();
    String path = world.contenders().getFirst();
    for (int i = 0; i < 4; i++) {
      world.pass(Duration.ofSeconds(1));
      write(world, Op.setData(path, world.server.data(path), -1));
    }
    assertEquals(1, at(world, 1, "job").size());
    world.pass(Duration.ofMillis(1100));
    assertEquals(List.of(), world.contenders());
  }

  /** A request that ZooKeeper does at once, and whose answer is late. */
  private static Watched answeredAfter(LeaseWorld world, Duration delay) {
    Watched late = world.acquire(0, "job", Duration.ZERO, SHORT, Duration.ZERO);
    world.sessions.get(0).take();
    world.settleBut(0);
    world.time.jumpTo(world.time.now() + delay.toNanos());
    world.settle();
    return late;
  }

  @Test
  void a_lifetime_counts_from_the_sending_of_the_request_not_from_its_late_answer() {
    LeaseWorld world = world();
    Watched late = answeredAfter(world, Duration.ofSeconds(4));
    assertTrue(late.outcome.orElseThrow() instanceof LeaseOutcome.Granted);
    world.pass(Duration.ofMillis(1100));
    assertEquals(List.of(), world.contenders());
  }

  @Test
  void the_lifetime_of_who_waited_counts_from_the_sending_of_its_grant_too() {
    LeaseWorld world = world();
    world.acquire(0, "job", Duration.ZERO, LONG, Duration.ZERO);
    world.settle();
    Watched late = world.acquire(0, "job", Duration.ofSeconds(60), SHORT, Duration.ZERO);
    world.pass(Duration.ofSeconds(10));
    world.releaseAll(0);
    FakeSession session = world.sessions.get(0);
    while (session.nextWrites().size() < 2) {
      session.takeAndDeliver();
    }
    session.take(); // The grant, one transaction of two changes.
    world.settleBut(0);
    world.time.jumpTo(world.time.now() + Duration.ofSeconds(4).toNanos());
    world.settle();
    assertTrue(late.outcome.orElseThrow() instanceof LeaseOutcome.Granted);
    world.pass(Duration.ofMillis(1100));
    assertEquals(List.of(), world.contenders());
  }

  @Test
  void who_came_too_late_for_a_grant_at_once_has_its_whole_lifetime_later() {
    for (boolean retreats : new boolean[] {true, false}) {
      LeaseWorld world = world();
      if (retreats) {
        world.acquire(0, "job", Duration.ZERO, LONG, Duration.ZERO);
        world.settle();
        world.releaseAll(0);
        world.settle();
      } else { // The lock's node has to be made first, and its create fails.
        write(world, create("/lockex/job", "", CreateMode.CONTAINER));
      }
      world.acquire(1, "job", Duration.ZERO, LONG, Duration.ZERO);
      Watched late = world.acquire(0, "job", Duration.ofSeconds(60), SHORT, Duration.ZERO);
      world.settleBut(0);
      world.pass(Duration.ofSeconds(10));
      assertEquals(0, late.outcomes);
      world.releaseAll(1);
      world.pass(Duration.ofMillis(100));
      assertTrue(late.outcome.orElseThrow() instanceof LeaseOutcome.Granted);
      world.pass(Duration.ofMillis(4800));
      assertEquals(1, world.contenders().size());
    }
  }

  @Test
  void an_answer_whose_time_is_over_is_an_answer_that_it_is_over() {
    LeaseWorld world = world();
    Watched late = answeredAfter(world, Duration.ofSeconds(6));
    assertTrue(late.outcome.orElseThrow() instanceof LeaseOutcome.TimedOut);
    assertEquals(List.of(), world.contenders());
  }

  /** At the end of the numbers another lockexd may have the same one, and be first as well. */
  @Test
  void a_lost_answer_to_a_create_at_the_end_of_the_numbers_is_no_grant() {
    LeaseWorld world = world();
    write(world, create("/lockex/job", "", CreateMode.CONTAINER));
    world.server.count("/lockex/job", Integer.MAX_VALUE);
    Watched lost = world.acquire(0, "job", Duration.ofSeconds(60), LONG, Duration.ZERO);
    world.sessions.get(0).lose(true, false);
    world.settle();
    assertTrue(
        lost.outcome.isPresent() && !(lost.outcome.get() instanceof LeaseOutcome.Granted),
        lost.outcome.toString());
    assertEquals(List.of(), world.contenders());
  }

  @Test
  void a_lockexd_that_starts_again_on_its_host_knows_how_old_its_grants_are() {
    LeaseWorld world = world();
    world.acquire(0, "job", Duration.ZERO, SHORT, Duration.ZERO);
    world.pass(Duration.ofSeconds(4));
    world.sessions.forEach(FakeSession::close);
    world.sessions.clear();
    world.gateways.clear();
    Leases _ = world.start();
    world.pass(Duration.ofMillis(500));
    assertEquals(1, world.contenders().size());
    world.pass(Duration.ofMillis(800));
    assertEquals(List.of(), world.contenders());
  }

  @Test
  void a_new_lockexd_counts_a_grants_lifetime_anew_and_never_by_the_servers_times() {
    LeaseWorld world = world();
    world.acquire(0, "job", Duration.ZERO, SHORT, Duration.ZERO);
    world.pass(Duration.ofSeconds(4));
    world.sessions.forEach(FakeSession::close);
    world.sessions.clear();
    world.gateways.clear();
    Leases _ = world.start("another host");
    world.pass(SHORT.minusMillis(100));
    assertEquals(1, world.contenders().size());
    world.pass(Duration.ofMillis(600));
    assertEquals(List.of(), world.contenders());
  }

  /** Their clocks may be faster than the one that its client was told the end by. */
  @Test
  void others_let_a_grant_stand_for_a_twentieth_of_its_lifetime_more() {
    LeaseWorld world = world();
    world.acquire(0, "job", Duration.ZERO, LONG, Duration.ZERO);
    world.settle();
    world.sessions.removeFirst().close();
    world.gateways.removeFirst();
    world.pass(LONG.plus(Duration.ofSeconds(44)));
    assertEquals(1, world.contenders().size());
    world.pass(Duration.ofMillis(1100));
    assertEquals(List.of(), world.contenders());
  }

  /** Both find the lock free and make a grant at once; one of them comes too late. */
  @Test
  void who_counts_the_life_of_a_grant_that_came_too_late_ends_no_later_one() {
    LeaseWorld world = world();
    world.acquire(0, "job", Duration.ZERO, SHORT, Duration.ZERO);
    world.settle();
    world.releaseAll(0);
    world.settle();
    world.acquire(0, "job", Duration.ZERO, SHORT, Duration.ZERO);
    Watched late = world.acquire(1, "job", LONG, SHORT, Duration.ZERO);
    world.sessions.get(0).take();
    List<String> first = world.contenders();
    world.sessions.get(1).take();
    List<String> tooLate = new ArrayList<>(world.contenders());
    tooLate.removeAll(first);
    world.settle();
    assertEquals(0, late.outcomes);
    world.releaseAll(0);
    world.settle();
    assertTrue(late.outcome.orElseThrow() instanceof LeaseOutcome.Granted);
    // What a lockexd sends that has seen the first node and has not heard of the next ones yet.
    assertEquals(
        "NONODE",
        world.server.write(List.of(Op.delete(tooLate.getFirst(), 0)), 77).code().toString());
    assertEquals(1, world.contenders().size());
  }

  @Test
  void a_persistent_node_without_data_holds_without_end_and_is_no_grant() {
    LeaseWorld world = world();
    write(
        world,
        create("/lockex/job", "", CreateMode.CONTAINER),
        create("/lockex/job/lock-0000000000", "", CreateMode.PERSISTENT));
    LeaseView there = at(world, 0, "job").getFirst();
    assertTrue(there.active());
    assertEquals(Optional.empty(), there.expires());
    Watched waits = world.acquire(1, "job", Duration.ofSeconds(1000), SHORT, Duration.ZERO);
    world.pass(Duration.ofMinutes(15));
    assertEquals(0, waits.outcomes);
    write(world, Op.delete("/lockex/job/lock-0000000000", -1));
    assertTrue(waits.outcome.orElseThrow() instanceof LeaseOutcome.Granted);
  }

  @Test
  void a_stranger_in_the_locks_folder_holds_for_everyone() {
    LeaseWorld world = world();
    write(
        world,
        create("/lockex/job", "", CreateMode.CONTAINER),
        create("/lockex/job/zzz__lock__0000000001", "", CreateMode.EPHEMERAL));
    Watched tries = world.acquire(0, "job", Duration.ZERO, SHORT, Duration.ZERO);
    Watched waits = world.acquire(1, "job", Duration.ofSeconds(100), SHORT, Duration.ZERO);
    world.pass(Duration.ofSeconds(10));
    assertEquals(Optional.of(new LeaseOutcome.TimedOut()), tries.outcome);
    assertEquals(0, waits.outcomes);
    assertEquals(2, at(world, 0, "job").size());
    assertTrue(at(world, 0, "job").getFirst().active());
    write(world, Op.delete("/lockex/job/zzz__lock__0000000001", -1));
    assertTrue(waits.outcome.orElseThrow() instanceof LeaseOutcome.Granted);
  }

  @Test
  void a_stranger_that_comes_later_takes_no_grant_away() {
    LeaseWorld world = world();
    world.acquire(0, "job", Duration.ZERO, LONG, Duration.ZERO);
    world.settle();
    write(world, create("/lockex/job/0__lock__0000000009", "", CreateMode.PERSISTENT));
    world.sessions.get(0).lose(false, false);
    world.settle();
    assertEquals(1, world.contenders().size());
    world.pass(Duration.ofSeconds(901));
    assertEquals(List.of(), world.contenders());
  }

  @Test
  void lock_data_with_blanks_and_unknown_members_says_what_it_says() {
    LeaseWorld world = world();
    String semaphore = "{ \"mode\": \"semaphore\", \"concurrency\": 3, \"format\": 1, \"x\": 1 }";
    write(
        world,
        create("/lockex/job", semaphore, CreateMode.CONTAINER),
        create("/lockex/job/leases", "", CreateMode.CONTAINER),
        create("/lockex/job/leases/_c_0-lease-0000000000", "", CreateMode.EPHEMERAL));
    Watched mutex = world.acquire(0, "job", Duration.ZERO, SHORT, Duration.ZERO);
    world.settle();
    assertEquals(Optional.of(new LeaseOutcome.OtherShape()), mutex.outcome);
  }

  @Test
  void a_step_that_throws_ends_its_request_and_nobody_elses() {
    LeaseWorld world = world();
    world.defects = 1;
    Watched first = world.acquire(0, "job", Duration.ofSeconds(60), LONG, Duration.ZERO);
    Watched second = world.acquire(0, "job", Duration.ofSeconds(60), LONG, Duration.ZERO);
    Watched third = world.acquire(1, "job", Duration.ofSeconds(60), LONG, Duration.ZERO);
    world.settle();
    assertEquals(2, world.contenders().size());
    assertEquals(1, unavailable(first) + unavailable(second) + unavailable(third));
    world.releaseAll(1);
    world.settle();
    world.releaseAll(1);
    world.settle();
    assertEquals(List.of(), world.contenders());
    assertEquals(List.of(), world.overlaps);
  }

  private static int unavailable(Watched request) {
    return request.outcome.equals(Optional.of(new LeaseOutcome.Unavailable())) ? 1 : 0;
  }
}
