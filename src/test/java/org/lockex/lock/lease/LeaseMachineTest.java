package org.lockex.lock.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;
import org.lockex.lock.lease.LeaseState.Holding;
import org.lockex.lock.lease.LeaseState.LostLease;
import org.lockex.lock.lease.LeaseState.Next;
import org.lockex.lock.lease.LeaseState.StoppedKeeping;
import org.lockex.lock.lease.LeaseState.Waiting;
import org.lockex.lock.session.HeartbeatClient;

/** A lease in virtual time: what happens, and what is then sent and told. */
class LeaseMachineTest {
  private static final long MS = 1_000_000;
  private static final long T = 10_000 * MS;
  private static final String OWN = "/lockex/a/own";

  private long now;
  private final List<String> done = new ArrayList<>();
  private final LeaseMachine machine = new LeaseMachine(() -> now, "/lockex/a", new Recorder());
  private final Session one = new Session("0x1");
  private final Session two = new Session("0x2");
  private final ArrayDeque<Long> sent = new ArrayDeque<>();

  /** A client that is only a name: the machine never calls it. */
  private record Session(String sessionName) implements HeartbeatClient {
    @Override
    public void read(String path, AsyncCallback.StatCallback answer) {
      throw new AssertionError("the machine does no I/O");
    }

    @Override
    public void check(String path, AsyncCallback.MultiCallback answer) {
      throw new AssertionError("the machine does no I/O");
    }

    @Override
    public void watch(String path, Watcher watcher, AsyncCallback.StatCallback answer) {
      throw new AssertionError("the machine does no I/O");
    }

    @Override
    public void reconnect(Runnable request) {
      throw new AssertionError("the machine does no I/O");
    }
  }

  private final class Recorder implements LeaseActions {
    @Override
    public void read(HeartbeatClient to, String folder, long sent) {
      done.add("read " + folder + " by " + to.sessionName());
    }

    @Override
    public void prove(HeartbeatClient to, String node, long sent) {
      done.add("prove " + node + " by " + to.sessionName());
    }

    @Override
    public void watch(HeartbeatClient to, String node) {
      done.add("watch " + node);
    }

    @Override
    public void reconnect(HeartbeatClient client, Runnable request) {
      done.add("reconnect " + client.sessionName());
      request.run();
    }

    @Override
    public void renewed(Deadline deadline) {
      done.add("renewed to " + deadline.dieAt() / MS);
    }

    @Override
    public void lost(Loss loss) {
      done.add("lost: " + loss.why());
    }

    @Override
    public void holdersChanged() {
      done.add("holders changed");
    }

    @Override
    public void note(String line) {
      done.add("note: " + line);
    }
  }

  private void assertDone(String... expected) {
    assertEquals(List.of(expected), done);
    done.clear();
  }

  /** A session that was asked for at 0, with its first heartbeat sent and answered at 0. */
  private void connected(long timeout) {
    machine.connected(one, true, 0, timeout);
    machine.pass(now);
    machine.readAnswered(one, now, Code.OK.intValue(), null);
    done.clear();
  }

  /** A holder whose heartbeat of this moment was answered. */
  private void holding(long timeout) {
    connected(timeout);
    machine.hold(one, OWN);
    proven(now);
    done.clear();
  }

  private void proven(long sent) {
    machine.proofAnswered(one, OWN, sent, Code.OK.intValue());
  }

  private void next() {
    connected(T);
    assertTrue(machine.expect(one, OWN));
    proven(now);
    done.clear();
  }

  /** Lets time pass, answering everything, and counts the heartbeats. */
  private int beatsWithin(long time) {
    int beats = 0;
    long end = now + time;
    while (true) {
      long wake = machine.pass(now);
      for (String action : List.copyOf(done)) {
        if (action.startsWith("read")) {
          machine.readAnswered(one, now, Code.OK.intValue(), null);
          beats++;
        } else if (action.startsWith("prove")) {
          proven(now);
          beats++;
        }
        assertFalse(action.startsWith("reconnect"), action);
      }
      done.clear();
      if (wake > end) {
        now = end;
        return beats;
      }
      // As a driver does that was told to sleep before the answer was there.
      now = Math.max(now + 1, wake);
    }
  }

  @Test
  void nothing_is_due_before_there_is_a_session() {
    assertEquals(LeaseMachine.NEVER, machine.pass(now));
    assertDone();
  }

  @Test
  void a_holder_sends_a_request_every_fourteenth_of_T_and_a_waiter_just_before_a_ping_is_due() {
    record Row(String who, long timeout, long interval) {}
    for (Row row :
        List.of(
            new Row("waiter", T, T * 5 / 16),
            new Row("waiter", 1_000 * MS, 312 * MS + MS / 2),
            new Row("holder", T, T / 14),
            // Through the quorum not more often than every 100 ms, however short T is.
            new Row("holder", 500 * MS, 50 * MS),
            new Row("holder", 4_000 * MS, 4_000 * MS / 14))) {
      LeaseMachineTest fresh = new LeaseMachineTest();
      fresh.connected(row.timeout());
      if (row.who().equals("holder")) {
        fresh.machine.hold(fresh.one, OWN);
        fresh.proven(fresh.now);
      }
      fresh.done.clear();
      int beats = fresh.beatsWithin(20 * row.interval() + row.interval() / 2);
      assertEquals(20, beats, row.toString());
    }
  }

  @Test
  void every_other_request_of_a_holder_goes_through_the_quorum() {
    holding(T);
    for (String request : List.of("read /lockex/a", "prove " + OWN, "read /lockex/a")) {
      now += T / 14 + 1;
      machine.pass(now);
      assertDone(request + " by 0x1");
    }
    machine.connected(one, false, now, T);
    machine.pass(now);
    assertDone("prove " + OWN + " by 0x1");
  }

  @Test
  void the_next_in_line_is_proven_for_T_and_reads_from_then_on() {
    next();
    assertEquals(4, beatsWithin(T - MS));
    assertTrue(machine.lasts(), "the short way is open");
    now += T / 8;
    machine.pass(now);
    assertDone("read /lockex/a by 0x1");
    machine.readAnswered(one, now, Code.OK.intValue(), null);
    assertEquals(3, beatsWithin(T));
    assertFalse(machine.succeed(one, OWN), "it has no lease without a new heartbeat");
    assertTrue(machine.expect(one, OWN + "2"), "another place begins anew");
    assertDone("prove " + OWN + "2 by 0x1");
  }

  @Test
  void a_command_is_not_started_that_a_short_lease_would_end_before_the_next_heartbeat() {
    long shortest = 1_000 * MS;
    for (int part = 0; part < 32; part++) {
      LeaseMachineTest fresh = new LeaseMachineTest();
      fresh.connected(shortest);
      fresh.beatsWithin(3 * shortest + part * shortest * 5 / 16 / 32);
      fresh.machine.hold(fresh.one, OWN);
      fresh.proven(fresh.now);
      long end = fresh.now + shortest;
      while (!fresh.machine.lasts()) {
        assertTrue(fresh.now < end, "part " + part + " never starts");
        fresh.beatsWithin(shortest / 14);
      }
      end = fresh.now + shortest;
      while (fresh.now < end) {
        fresh.beatsWithin(shortest / 14);
        Deadline deadline = fresh.machine.state().knownDeadline().orElseThrow();
        assertTrue(deadline.killAt() - shortest / 6 > fresh.now, "part " + part);
      }
    }
  }

  @Test
  void slow_answers_keep_nobody_from_starting_for_ever() {
    long shortest = 1_000 * MS;
    for (long trip = 0; trip < 80; trip += 5) {
      LeaseMachineTest fresh = new LeaseMachineTest();
      fresh.connected(shortest);
      fresh.machine.hold(fresh.one, OWN);
      fresh.proven(fresh.now);
      for (int millis = 0; millis < 2_000; millis++) {
        fresh.answeredAfter(trip * MS);
      }
      long end = fresh.now + 3 * shortest;
      while (!fresh.machine.lasts()) {
        assertTrue(fresh.now < end, "never starts with answers after " + trip + " ms");
        fresh.answeredAfter(trip * MS);
      }
    }
  }

  /** A millisecond, in which what was sent so long ago is answered. */
  private void answeredAfter(long trip) {
    now += MS;
    machine.pass(now);
    for (String action : done) {
      if (action.startsWith("prove")) {
        sent.add(now);
      }
    }
    done.clear();
    while (!sent.isEmpty() && now - sent.peek() >= trip) {
      proven(sent.remove());
    }
    done.clear();
  }

  @Test
  void one_who_only_read_has_a_lease_with_the_first_heartbeat() {
    for (int part = 0; part < 32; part++) {
      LeaseMachineTest fresh = new LeaseMachineTest();
      fresh.connected(T);
      fresh.beatsWithin(3 * T + part * T * 5 / 16 / 32);
      fresh.machine.hold(fresh.one, OWN);
      fresh.proven(fresh.now);
      assertTrue(fresh.machine.lasts(), "turn " + part + "/32 of the time between two reads");
      // And no signal goes to the command before the next heartbeats have prolonged it.
      long end = fresh.now + T;
      while (fresh.now < end) {
        fresh.beatsWithin(T / 14);
        Deadline deadline = fresh.machine.state().knownDeadline().orElseThrow();
        assertTrue(deadline.killAt() - T / 6 > fresh.now, "part " + part + " at " + fresh.now / MS);
      }
    }
  }

  @Test
  void a_waiter_reads_the_folder_and_tells_once_when_its_children_change() {
    connected(T);
    now = T * 5 / 16;
    machine.pass(now);
    assertDone("read /lockex/a by 0x1");
    Stat stat = new Stat();
    stat.setPzxid(5);
    machine.readAnswered(one, now, Code.OK.intValue(), stat);
    machine.readAnswered(one, now, Code.OK.intValue(), stat);
    assertDone("holders changed");
    stat.setPzxid(6);
    machine.readAnswered(one, now, Code.OK.intValue(), stat);
    assertDone("holders changed");
  }

  @Test
  void silence_for_a_sixth_of_T_makes_it_take_another_server() {
    for (boolean holds : new boolean[] {true, false}) {
      LeaseMachineTest fresh = new LeaseMachineTest();
      fresh.connected(T);
      if (holds) {
        fresh.machine.hold(fresh.one, OWN);
      } else {
        fresh.machine.expect(fresh.one, OWN);
      }
      fresh.done.clear();
      fresh.now = T / 6 - 1;
      fresh.machine.pass(fresh.now);
      assertFalse(fresh.done.contains("reconnect 0x1"), "not yet");
      fresh.done.clear();
      fresh.now = T / 6;
      long wake = fresh.machine.pass(fresh.now);
      fresh.assertDone(
          "note: ZooKeeper is silent, trying another server",
          "reconnect 0x1",
          "prove " + OWN + " by 0x1");
      assertTrue(wake <= 2 * (T / 6), "and again, if it stays silent");
      fresh.now += MS;
      fresh.machine.pass(fresh.now);
      fresh.assertDone(); // The next server has the same time.
    }
  }

  @Test
  void an_answer_ends_the_silence_be_it_an_error() {
    connected(T);
    machine.hold(one, OWN);
    machine.proofAnswered(one, OWN, now, Code.CONNECTIONLOSS.intValue());
    done.clear();
    now = T / 6;
    machine.pass(now);
    assertDone("read /lockex/a by 0x1");
  }

  @Test
  void a_holders_answers_end_its_silence_where_there_is_a_newer_session() {
    holding(T);
    machine.connected(two, true, now, T);
    now = T / 10;
    machine.pass(now);
    machine.readAnswered(one, now, Code.OK.intValue(), null);
    done.clear();
    now += T / 6;
    machine.pass(now);
    assertDone("prove " + OWN + " by 0x1");
  }

  @Test
  void a_rehearsal_that_nobody_answers_is_silence() {
    connected(T);
    now = T / 10;
    machine.rehearse();
    done.clear();
    now += T / 6;
    machine.pass(now);
    assertDone(
        "note: ZooKeeper is silent, trying another server",
        "reconnect 0x1",
        "read /lockex/a by 0x1");
  }

  @Test
  void that_there_is_no_folder_yet_is_an_answer() {
    machine.connected(one, true, 0, T);
    now = 1_000 * MS;
    machine.pass(now);
    machine.readAnswered(one, now, Code.NONODE.intValue(), null);
    now = 4_000 * MS;
    machine.hold(one, OWN);
    proven(now);
    assertDone(
        "read /lockex/a by 0x1", "prove " + OWN + " by 0x1", "renewed to " + (1_000 + 9_500));
  }

  @Test
  void an_error_renews_nothing() {
    connected(T);
    machine.hold(one, OWN);
    machine.proofAnswered(one, OWN, now, Code.CONNECTIONLOSS.intValue());
    assertFalse(machine.lasts());
    assertTrue(machine.state().knownDeadline().isEmpty(), "not known yet");
  }

  @Test
  void a_heartbeat_renews_by_what_was_answered_a_quarter_of_T_before() {
    holding(T);
    now = 1_000 * MS;
    machine.pass(now);
    machine.readAnswered(one, now, Code.OK.intValue(), null);
    now = 2_000 * MS;
    machine.pass(now);
    proven(now);
    now = 3_000 * MS;
    machine.pass(now);
    machine.readAnswered(one, now, Code.OK.intValue(), null);
    assertDone("read /lockex/a by 0x1", "prove " + OWN + " by 0x1", "read /lockex/a by 0x1");
    now = 4_000 * MS;
    machine.pass(now);
    proven(now);
    assertDone("prove " + OWN + " by 0x1", "renewed to " + (1_000 + 9_500));
  }

  @Test
  void the_own_node_deleted_is_a_loss_for_a_holder_and_none_for_the_next() {
    holding(T);
    machine.watchedDeletion(OWN);
    assertDone("lost: another client deleted " + OWN);
    assertInstanceOf(LostLease.class, machine.state());
    machine.watchedDeletion(OWN);
    machine.proofAnswered(one, OWN, now, Code.NONODE.intValue());
    assertDone();

    LeaseMachineTest fresh = new LeaseMachineTest();
    fresh.next();
    fresh.machine.watchedDeletion(OWN);
    fresh.assertDone();
    assertInstanceOf(Waiting.class, fresh.machine.state());
    assertFalse(fresh.machine.succeed(fresh.one, OWN), "it has no place in the queue");
  }

  @Test
  void a_proof_that_finds_no_node_is_a_deletion() {
    holding(T);
    machine.proofAnswered(one, "/lockex/a/other", now, Code.NONODE.intValue());
    assertDone();
    machine.proofAnswered(one, OWN, now, Code.NONODE.intValue());
    assertDone("lost: another client deleted " + OWN);
  }

  @Test
  void an_expired_session_is_a_loss_for_a_holder_only() {
    holding(T);
    machine.expired(two);
    assertDone();
    machine.expired(one);
    assertDone("lost: ZooKeeper ended session 0x1");
    assertTrue(machine.state().knownDeadline().isPresent(), "the last deadline is kept");
    now += T;
    assertEquals(LeaseMachine.NEVER, machine.pass(now));

    for (boolean first : new boolean[] {true, false}) {
      LeaseMachineTest fresh = new LeaseMachineTest();
      if (first) {
        fresh.next();
      } else {
        fresh.connected(T);
      }
      fresh.machine.expired(fresh.one);
      assertInstanceOf(Waiting.class, fresh.machine.state());
      assertEquals(LeaseMachine.NEVER, fresh.machine.pass(fresh.now + T));
      fresh.assertDone();
    }
  }

  @Test
  void a_proof_answered_by_an_expired_session_is_its_end() {
    holding(T);
    machine.proofAnswered(one, OWN, now, Code.SESSIONEXPIRED.intValue());
    assertDone("lost: ZooKeeper ended session 0x1");
  }

  @Test
  void a_waiter_goes_on_with_a_new_session() {
    next();
    machine.expired(one);
    now = 20_000 * MS;
    machine.connected(two, true, now, T);
    machine.pass(now);
    assertDone("read /lockex/a by 0x2");
    assertFalse(machine.expect(one, OWN), "the old session has no nodes");
    assertTrue(machine.expect(two, OWN));
    machine.proofAnswered(two, OWN, now, Code.OK.intValue());
    assertDone("prove " + OWN + " by 0x2", "renewed to " + (20_000 + 9_500));
  }

  @Test
  void a_new_session_without_a_word_about_the_old_one_ends_the_place_in_the_queue() {
    next();
    machine.connected(two, true, now, T);
    assertInstanceOf(Waiting.class, machine.state());
    assertFalse(machine.succeed(one, OWN));
  }

  @Test
  void a_holder_stays_with_its_session_when_there_is_a_newer_one() {
    holding(T);
    machine.connected(two, true, now, T);
    now = T / 10;
    machine.pass(now);
    assertDone("read /lockex/a by 0x1");
  }

  @Test
  void a_shorter_timeout_counts_at_once_for_a_holder() {
    holding(T);
    now = 1_000 * MS;
    machine.connected(one, false, now, T / 2);
    assertDone("renewed to " + (5_000 - 250));
  }

  @Test
  void a_reconnect_proves_nothing_for_a_node_that_was_not_proven() {
    connected(T);
    machine.hold(one, OWN);
    machine.connected(one, false, now, T);
    assertTrue(machine.state().knownDeadline().isEmpty());
    assertFalse(machine.lasts());
  }

  @Test
  void a_reconnect_sends_a_heartbeat_at_once() {
    holding(T);
    now = 10 * MS;
    machine.connected(one, false, now, T);
    machine.pass(now);
    assertDone("prove " + OWN + " by 0x1");
  }

  @Test
  void the_shortest_timeout_is_remembered_when_a_node_is_let_go() {
    connected(T);
    machine.connected(one, false, now, T / 2);
    machine.connected(one, false, now, T);
    machine.hold(one, OWN);
    machine.watchedDeletion(OWN);
    machine.letGo();
    machine.hold(one, OWN + "2");
    machine.proofAnswered(one, OWN + "2", now, Code.OK.intValue());
    assertEquals(T / 2, machine.state().knownDeadline().orElseThrow().timeoutNanos());
  }

  @Test
  void a_node_let_go_makes_a_waiter_of_the_newest_session() {
    holding(T);
    machine.expired(one);
    machine.connected(two, true, now, T);
    done.clear();
    machine.pass(now);
    assertDone();
    machine.letGo();
    machine.pass(now);
    assertDone("read /lockex/a by 0x2");
  }

  @Test
  void answers_that_came_while_it_was_lost_are_no_silence_later() {
    holding(T);
    now = T / 10;
    machine.pass(now);
    machine.watchedDeletion(OWN);
    proven(now);
    machine.letGo();
    done.clear();
    now += T / 6;
    machine.pass(now);
    assertDone("read /lockex/a by 0x1");
  }

  @Test
  void a_node_of_another_session_cannot_be_held() {
    connected(T);
    machine.hold(two, OWN);
    assertEquals(
        new LostLease(new Loss.Expired("0x2"), java.util.Optional.empty()), machine.state());
    machine.hold(one, OWN);
    assertInstanceOf(LostLease.class, machine.state(), "until it is let go");
  }

  @Test
  void the_next_succeeds_with_the_lease_it_has() {
    next();
    assertTrue(machine.succeed(one, OWN));
    assertInstanceOf(Holding.class, machine.state());
    assertTrue(machine.lasts());
    assertDone("prove " + OWN + " by 0x1");
    assertFalse(machine.succeed(one, OWN), "once");
  }

  @Test
  void nobody_succeeds_without_a_proven_lease_or_for_another_node() {
    connected(T);
    assertFalse(machine.succeed(one, OWN), "a mere waiter");
    machine.expect(one, OWN);
    assertFalse(machine.succeed(one, OWN), "not proven");
    proven(now);
    assertFalse(machine.succeed(one, OWN + "2"));
    assertFalse(machine.succeed(two, OWN));
    now = 6_500 * MS;
    assertFalse(machine.succeed(one, OWN), "no more than T/4 is left");
    assertInstanceOf(Next.class, machine.state());
  }

  @Test
  void the_expectation_of_a_node_begins_once() {
    next();
    assertFalse(machine.expect(one, OWN));
    assertTrue(machine.expect(one, OWN + "2"));
    assertTrue(machine.state().knownDeadline().isEmpty(), "proven anew");
    holding(T);
    assertFalse(machine.expect(one, OWN + "2"), "a holder expects nothing");
  }

  @Test
  void the_watch_is_set_again_after_new_data() {
    holding(T);
    machine.watchedChange(OWN);
    machine.watchedChange("/lockex/a/other");
    assertDone("watch " + OWN);
    machine.nodeGone(one, OWN);
    assertDone("lost: another client deleted " + OWN);
  }

  @Test
  void a_proof_of_another_node_renews_nothing() {
    connected(T);
    machine.rehearse();
    assertDone("prove /lockex/a by 0x1");
    machine.hold(one, OWN);
    done.clear();
    machine.proofAnswered(one, "/lockex/a", now, Code.OK.intValue());
    assertDone();
    assertFalse(machine.lasts());
  }

  @Test
  void after_the_end_nothing_happens() {
    holding(T);
    machine.stop();
    machine.hold(one, OWN);
    machine.letGo();
    assertInstanceOf(StoppedKeeping.class, machine.state());
    proven(now);
    machine.watchedDeletion(OWN);
    machine.expired(one);
    assertEquals(LeaseMachine.NEVER, machine.pass(now + T));
    assertDone();
  }
}
