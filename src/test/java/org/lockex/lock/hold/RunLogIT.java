package org.lockex.lock.hold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.lockex.lock.queue.Contest;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.BreakRequest;
import org.lockex.znode.RunOrigin;

class RunLogIT {
  private static final Duration HOUR = Duration.ofHours(1);

  @AutoClose private final Contest contest = new Contest();

  /** A contender that has just got the lock. */
  private RunLog turn() throws Exception {
    ZooKeeperSession session = contest.session();
    HeldLock lock = Contest.acquire(session, "job", 1);
    ended = session;
    return RunLog.of(session, Contest.ROOT, lock, new RunOrigin("/srv", "/srv/job"));
  }

  private ZooKeeperSession ended;

  private void release() throws Exception {
    ended.end(Duration.ofSeconds(5));
  }

  @Test
  void a_success_keeps_others_from_running_until_the_period_has_passed() throws Exception {
    RunLog first = turn();
    Instant before = Instant.now().minusMillis(1);
    RunLog.Due due = assertInstanceOf(RunLog.Due.class, first.begin(HOUR, false));
    assertTrue(due.start().isAfter(before) && !due.start().isAfter(Instant.now()), due::toString);
    first.end(due, 0, Duration.ofMillis(5));
    release();
    RunLog second = turn();
    RunLog.NotDue not = assertInstanceOf(RunLog.NotDue.class, second.begin(HOUR, false));
    assertEquals(Optional.of(due.start()), not.last().counted());
    assertEquals("here", not.last().who().orElseThrow().host());
    release();
    TimeUnit.MILLISECONDS.sleep(50);
    assertInstanceOf(RunLog.Due.class, turn().begin(Duration.ofMillis(50), false));
  }

  @Test
  void a_failure_does_not() throws Exception {
    RunLog first = turn();
    RunLog.Due due = assertInstanceOf(RunLog.Due.class, first.begin(HOUR, false));
    first.end(due, 1, Duration.ZERO);
    release();
    assertInstanceOf(RunLog.Due.class, turn().begin(HOUR, false));
  }

  @Test
  void a_holder_that_vanishes_leaves_its_turn_to_the_next() throws Exception {
    turn().begin(HOUR, false);
    release();
    assertInstanceOf(RunLog.Due.class, turn().begin(HOUR, false));
  }

  @Test
  void an_attempt_counts_even_if_its_holder_vanishes() throws Exception {
    assertInstanceOf(RunLog.Due.class, turn().begin(HOUR, true));
    release();
    assertInstanceOf(RunLog.NotDue.class, turn().begin(HOUR, true));
  }

  @Test
  void an_attempt_asked_twice_by_one_holder_is_one() throws Exception {
    RunLog record = turn();
    RunLog.RunVerdict first = record.begin(HOUR, true);
    assertEquals(first, record.begin(HOUR, true));
  }

  @Test
  void a_server_that_starts_again_meanwhile_is_waited_for() throws Exception {
    RunLog record = turn();
    RunLog.Due due = assertInstanceOf(RunLog.Due.class, record.begin(HOUR, false));
    contest.server().stop();
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(() -> {
          try {
            record.end(due, 0, Duration.ZERO);
          } catch (LockException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    TimeUnit.MILLISECONDS.sleep(300);
    contest.server().restart();
    end.get(20, TimeUnit.SECONDS);
    release();
    assertInstanceOf(RunLog.NotDue.class, turn().begin(HOUR, false));
  }

  @Test
  void another_programs_data_is_not_touched() throws Exception {
    RunLog record = turn();
    ended.curator().create().creatingParentsIfNeeded().forPath("/lockex-runs/job", new byte[] {1});
    LockException e = assertThrows(LockException.class, () -> record.begin(HOUR, false));
    assertTrue(e.getMessage().contains("/lockex-runs/job"), e::getMessage);
  }

  @Test
  void a_holder_hears_a_request_to_end_before_and_after_it_listens() throws Exception {
    for (boolean before : new boolean[] {true, false}) {
      ZooKeeperSession session = contest.session();
      HeldLock lock = Contest.acquire(session, "asked", 1);
      BreakRequest request = new BreakRequest("me", Instant.EPOCH);
      CompletableFuture<BreakRequest> heard = new CompletableFuture<>();
      if (before) {
        ask(session, lock, request);
        lock.listenForBreak(heard::complete);
      } else {
        lock.publishAcquired(Instant.EPOCH, Optional.empty());
        lock.listenForBreak(heard::complete);
        ask(session, lock, request);
      }
      assertEquals(request, heard.get(10, TimeUnit.SECONDS));
      session.end(Duration.ofSeconds(5));
    }
  }

  private static void ask(ZooKeeperSession session, HeldLock lock, BreakRequest request)
      throws Exception {
    byte[] data = session.curator().getData().forPath(lock.ownPath());
    session.curator().setData().forPath(lock.ownPath(), request.addedTo(data));
  }
}
