package org.lockex.inspect;

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
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.cli.lockexctl.CheckLimits;
import org.lockex.inspect.check.CheckAnswer;
import org.lockex.inspect.check.CheckStatus;
import org.lockex.inspect.text.WatchSearch;
import org.lockex.metrics.LockFigures;
import org.lockex.metrics.LockMetrics;
import org.lockex.znode.Contender;
import org.lockex.znode.ContenderData;
import org.lockex.znode.LeaseTerms;
import org.lockex.znode.TokenBase;

/** What is said of grants whose time is over, and that nobody has cleared away. */
class OverGrantsTest {
  private static final Instant GIVEN = Instant.parse("2026-11-27T12:00:00Z");
  private static final Instant END = GIVEN.plusSeconds(60);
  private static final Instant BEFORE = END.minusMillis(1);
  private static final Duration ANY = Duration.ofMillis(1);
  private static final Contender WHO = new Contender("web1", 4711, "root", "true", GIVEN, "1");

  private static Participant participant(ContenderData data, long session) {
    Stat stat = new Stat();
    stat.setCtime(GIVEN.toEpochMilli());
    stat.setMtime(GIVEN.toEpochMilli());
    stat.setCzxid(7);
    stat.setEphemeralOwner(session);
    String path = "/lockex/jm/_c_1-lock-0000000000";
    return Participant.of(path, path, data.bytes(), stat, TokenBase.NONE);
  }

  private static Participant grant(String dialect) {
    LeaseTerms terms =
        new LeaseTerms(
            dialect, Optional.empty(), Duration.ZERO, Duration.ofSeconds(60), Optional.of(7L));
    return participant(ContenderData.lease(WHO, terms), 0);
  }

  private static LockState lock(List<Participant> holders, Participant... waiters) {
    return new LockState(
        "jm",
        "/lockex/jm",
        holders.size() > 1 ? LockState.Mode.SEMAPHORE : LockState.Mode.MUTEX,
        holders.size(),
        holders,
        List.of(waiters),
        waiters.length,
        List.of(),
        Optional.empty(),
        false,
        false,
        1);
  }

  private static CheckAnswer check(LockState lock, Instant now) {
    CheckLimits held = new CheckLimits(Optional.of(ANY), Optional.empty(), Optional.empty());
    CheckLimits none = new CheckLimits(Optional.empty(), Optional.empty(), Optional.empty());
    return CheckAnswer.of(List.of(lock.figures(now)), held, none, now);
  }

  @ParameterizedTest
  @ValueSource(strings = {LeaseTerms.HOLD, "rdlm"})
  void what_is_over_is_held_by_nobody(String dialect) {
    LockState lock = lock(List.of(grant(dialect)));
    assertEquals(CheckStatus.CRITICAL, check(lock, BEFORE).status());
    CheckAnswer answer = check(lock, END);
    assertEquals(CheckStatus.OK, answer.status(), answer::toString);
    assertEquals("jm free", answer.words());
    LockFigures figures = lock.figures(END);
    assertEquals(0, figures.holders());
    assertTrue(figures.held().isEmpty());
    String metrics = LockMetrics.text(List.of(figures), 0);
    assertTrue(metrics.contains("lockex_holders{lock=\"jm\"} 0\n"), metrics);
    assertFalse(metrics.contains("lockex_held_seconds{"), metrics);
    assertTrue(table(lock, BEFORE).matches("(?s).*\njm +mutex +1 +0 +web1:4711.*"));
    assertEquals(
        "jm    mutex  0        0        -       -     -",
        table(lock, END).lines().toList().get(1).strip());
  }

  private static String table(LockState lock, Instant now) {
    return ListLocks.table(List.of(lock), now, 40);
  }

  @Test
  void who_waits_behind_it_waits() {
    LockState lock = lock(List.of(grant("rdlm")), participant(ContenderData.waiting(WHO), 9));
    assertEquals("jm free, 1 waiting up to 1m", check(lock, END).words());
    assertEquals(Optional.of(Duration.ofSeconds(60)), lock.figures(END).oldestWait());
  }

  @Test
  void show_says_since_when_it_is_over() {
    LockState lock = lock(List.of(grant(LeaseTerms.HOLD)));
    String before = ShowLock.text(lock, BEFORE);
    assertTrue(before.contains(", 1 holder, 0 waiting\n"), before);
    assertTrue(before.contains("\n1  holds  "), before);
    String after = ShowLock.text(lock, END);
    assertTrue(after.contains(", 0 holders, 0 waiting\nover: held for maintenance until"), after);
    assertTrue(after.contains("; handle /lockex/jm/"), after);
    assertTrue(
        after.matches(
            "(?s).*\n1  over   web1:4711 root  \\S+ +- +over since 2026-11-27T12:01:00Z +7 .*"),
        after);
    assertFalse(json(lock, BEFORE).contains("\"over\""));
    String json = json(lock, END);
    assertTrue(json.contains("\"holders\":[],\"waiting\":0,\"over\":[{"), json);
    assertTrue(json.contains("\"expires\":\"2026-11-27T12:01:00Z\""), json);
  }

  private static String json(LockState lock, Instant now) {
    return JsonLine.ofAll(lock, Optional.of(now)).toString();
  }

  @Test
  void of_a_semaphore_s_leases_those_count_that_are_not_over() {
    Participant runs = participant(ContenderData.running(WHO, GIVEN, 0, Optional.empty()), 9);
    LockState lock = lock(List.of(grant("rdlm"), runs));
    assertEquals(1, lock.figures(END).holders());
    // The numbers stay those that lockexctl break --holder takes.
    assertTrue(ShowLock.text(lock, END).contains("\n2  holds  "), ShowLock.text(lock, END));
    LockState free = lock(List.of(grant("rdlm"), grant("rdlm")));
    String screen = WatchScreen.text(List.of(free, lock), END, new WatchSearch(), 3);
    assertTrue(screen.lines().toList().get(1).contains("web1:4711"), screen);
  }

  /** Whoever decides goes by clocks that cannot be set, and not by this one. */
  @Test
  void a_lock_is_free_only_when_the_node_is_gone() throws Exception {
    assertFalse(lock(List.of(grant("rdlm"))).isFree());
  }
}
