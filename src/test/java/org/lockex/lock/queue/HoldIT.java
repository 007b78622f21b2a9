package org.lockex.lock.queue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;
import org.lockex.lock.grant.HoldExtension;
import org.lockex.lock.grant.HoldMaking;
import org.lockex.lock.grant.HoldRelease;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.session.Hosts;
import org.lockex.lock.session.SessionSettings;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.security.ClientSecurity;
import org.lockex.znode.Contender;
import org.lockex.znode.ContenderData;
import org.lockex.znode.HoldHandle;
import org.lockex.znode.LeaseTerms;
import org.lockex.znode.LockData;
import org.lockex.znode.LockId;
import org.lockex.znode.LockPaths;

/** Holds stand, end and go on as they say, also where connections break and others are fast. */
class HoldIT {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Id ANYONE = ZooDefs.Ids.ANYONE_ID_UNSAFE;

  /** Loses one request, or its answer, and all that comes after it, until it is cut. */
  private static final class LossyRelay extends Relay {
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private final String from;
    private final boolean answer;
    private volatile boolean losesRequests;
    private volatile boolean losesAnswers;

    /** The first request with that text in it is lost, or only its answer. */
    LossyRelay(int target, String from, boolean answer) throws IOException {
      super(target);
      this.from = from;
      this.answer = answer;
    }

    @Override
    void copy(InputStream in, OutputStream out, boolean toTarget)
        throws IOException, InterruptedException {
      byte[] buffer = new byte[65536];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (toTarget && !lost.isDone() && new String(buffer, 0, n, ISO_8859_1).contains(from)) {
          losesAnswers = answer;
          losesRequests = !answer;
          lost.complete(null);
        }
        if (!(toTarget ? losesRequests : losesAnswers)) {
          out.write(buffer, 0, n);
        }
      }
    }

    void cut() throws Exception {
      lost.get(20, TimeUnit.SECONDS);
      losesRequests = false;
      losesAnswers = false;
      reset();
    }
  }

  @AutoClose private final Contest contest = new Contest();
  private CuratorFramework observer;

  @BeforeEach
  void observe() throws Exception {
    observer = contest.observer();
  }

  private ZooKeeperSession session(String hosts, Duration lasts) {
    return ZooKeeperSession.open(
        new SessionSettings(
            Hosts.parse(hosts),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            ClientSecurity.NONE,
            System::nanoTime,
            new Contender("here", 1, "me", "lockexctl hold", Instant.EPOCH, "1"),
            Optional.of(LeaseTerms.hold(Duration.ZERO, lasts, Optional.of("db upgrade"))),
            note -> {},
            contest.defects::add));
  }

  private static LockRequest request(String id, int concurrency, boolean all) {
    return new LockRequest(Contest.ROOT, LockId.of(id), concurrency, false, all);
  }

  private HoldMaking acquired(ZooKeeperSession session, LockRequest request) throws Exception {
    HeldLock lock = Locks.acquire(session, request).orElseThrow();
    return new HoldMaking(session, lock, request);
  }

  private HoldHandle hold(String id, Duration lasts) throws Exception {
    ZooKeeperSession session = session(contest.server().hosts(), lasts);
    HoldHandle handle = acquired(session, request(id, 1, false)).make().orElseThrow().handle();
    Contest.end(session);
    return handle;
  }

  private boolean release(HoldHandle handle) throws Exception {
    ZooKeeperSession session = contest.session();
    session.awaitClient();
    return new HoldRelease(session, Contest.ROOT, handle).run();
  }

  private static <T> CompletableFuture<T> later(Callable<T> what) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        future.complete(what.call());
      } catch (Throwable e) {
        future.completeExceptionally(e);
      }
    });
    return future;
  }

  private boolean isGrant(String path) throws Exception {
    var stat = observer.checkExists().forPath(path);
    return stat != null && stat.getEphemeralOwner() == 0;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_hold_whose_answer_or_request_was_lost_stands_and_its_handle_is_known(boolean answer)
      throws Exception {
    try (LossyRelay relay = new LossyRelay(contest.server().port(), "\"token\":", answer)) {
      ZooKeeperSession session = session(relay.address(), HOUR);
      HeldLock lock = Locks.acquire(session, request("lossy", 1, false)).orElseThrow();
      var made = later(new HoldMaking(session, lock, request("lossy", 1, false))::make);
      if (answer) {
        Poll.until("it stands", () -> isGrant(lock.ownPath()));
      }
      relay.cut();
      HoldHandle handle = made.get(20, TimeUnit.SECONDS).orElseThrow().handle();
      Contest.end(session);
      assertTrue(isGrant(handle.path()));
      assertTrue(release(handle));
      assertFalse(release(handle));
    }
  }

  @Test
  void who_lost_the_lock_before_holds_nothing() throws Exception {
    ZooKeeperSession session = session(contest.server().hosts(), HOUR);
    HeldLock lock = Locks.acquire(session, request("lost", 1, false)).orElseThrow();
    observer.delete().forPath(lock.ownPath());
    HeldLock next = Contest.acquire(contest.session(), "lost", 1);
    assertTrue(new HoldMaking(session, lock, request("lost", 1, false)).make().isEmpty());
    assertEquals(
        List.of(next.ownPath().substring("/lockex/lost/".length())),
        observer.getChildren().forPath("/lockex/lost"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_release_whose_answer_or_request_was_lost_ends_the_hold_and_says_so(boolean answer)
      throws Exception {
    HoldHandle handle = hold("released", HOUR);
    try (LossyRelay relay = new LossyRelay(contest.server().port(), "released-", answer)) {
      ZooKeeperSession session = session(relay.address(), HOUR);
      session.awaitClient();
      var ended = later(new HoldRelease(session, Contest.ROOT, handle)::run);
      if (answer) {
        Poll.until("it is over", () -> observer.checkExists().forPath(handle.path()) == null);
      }
      relay.cut();
      assertTrue(ended.get(20, TimeUnit.SECONDS));
      Contest.end(session);
      assertFalse(release(handle));
    }
  }

  @Test
  void a_release_that_came_too_late_says_so_although_its_connection_broke() throws Exception {
    HoldHandle handle = hold("late", HOUR);
    try (LossyRelay relay = new LossyRelay(contest.server().port(), "released-", false)) {
      ZooKeeperSession session = session(relay.address(), HOUR);
      session.awaitClient();
      var ended = later(new HoldRelease(session, Contest.ROOT, handle)::run);
      relay.lost.get(20, TimeUnit.SECONDS);
      observer.delete().forPath(handle.path());
      relay.cut();
      assertFalse(ended.get(20, TimeUnit.SECONDS));
      Contest.end(session);
    }
  }

  @Test
  void of_an_extension_and_an_expiry_at_the_same_moment_one_is_refused() throws Exception {
    ExpiredGrants expiry =
        new ExpiredGrants(
            observer, new LockPaths("/lockex/race"), new LockData(1), () -> null, System::nanoTime);
    ZooKeeperSession session = contest.session();
    session.awaitClient();
    int extended = 0;
    for (int round = 0; round < 15; round++) {
      long lasts = 60L + round % 10;
      HoldHandle handle = hold("race", Duration.ofMillis(lasts));
      expiry.removeOver();
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lasts - 12);
      var expired =
          later(() -> {
            while (!expiry.removeOver() && System.nanoTime() < end + 40_000_000) {
              Thread.onSpinWait();
            }
            return true;
          });
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      boolean holds = new HoldExtension(session, Contest.ROOT, handle).run(HOUR).isPresent();
      assertTrue(expired.get(10, TimeUnit.SECONDS));
      if (holds) {
        extended++;
        byte[] data = observer.getData().forPath(handle.path());
        Duration lifetime = ContenderData.read(data).hold().orElseThrow().lifetime();
        assertTrue(lifetime.compareTo(HOUR) >= 0, lifetime::toString);
        assertTrue(release(handle));
      } else {
        boolean _ = release(handle);
      }
      assertNull(observer.checkExists().forPath(handle.path()));
    }
    assertNotEquals(0, extended);
  }

  @Test
  void an_extension_shortens_nothing_and_keeps_what_others_wrote() throws Exception {
    HoldHandle handle = hold("longer", HOUR);
    ZooKeeperSession session = contest.session();
    session.awaitClient();
    HoldExtension extension = new HoldExtension(session, Contest.ROOT, handle);
    Instant before = extension.run(Duration.ofMinutes(1)).orElseThrow();
    byte[] data = observer.getData().forPath(handle.path());
    String other = new String(data, UTF_8).replaceFirst("\\}$", ",\"later\":[1]}");
    observer.setData().forPath(handle.path(), other.getBytes(UTF_8));
    Instant after = extension.run(HOUR.multipliedBy(2)).orElseThrow();
    Duration longer = Duration.between(before, after);
    assertTrue(longer.compareTo(HOUR) >= 0, longer::toString);
    String now = new String(observer.getData().forPath(handle.path()), UTF_8);
    assertTrue(now.endsWith(",\"later\":[1]}"), now);
    assertTrue(release(handle));
  }

  @Test
  void all_leases_wait_for_one_that_is_there_at_the_last_moment() throws Exception {
    LockRequest request = request("all", 3, true);
    ZooKeeperSession session = session(contest.server().hosts(), HOUR);
    HoldMaking making = acquired(session, request);
    List<ACL> rights = List.of(new ACL(ZooDefs.Perms.ALL & ~ZooDefs.Perms.ADMIN, ANYONE));
    // No container, which would be reaped before its list is kept.
    observer.create().withACL(rights).forPath("/lockex/all/leases", new byte[0]);
    String rogue =
        observer
            .create()
            .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
            .forPath("/lockex/all/leases/_c_6f2c3e0a-0000-4000-8000-000000000001-lease-");
    var made = later(making::make);
    assertThrows(TimeoutException.class, () -> made.get(300, TimeUnit.MILLISECONDS));
    assertEquals(1, observer.getChildren().forPath("/lockex/all/leases").size());
    observer.delete().forPath(rogue);
    HoldHandle handle = made.get(20, TimeUnit.SECONDS).orElseThrow().handle();
    Contest.end(session);
    assertEquals("/lockex/all/leases", handle.path());
    assertEquals(3, observer.getChildren().forPath("/lockex/all/leases").size());
    Stat queue = observer.checkExists().forPath("/lockex/all/locks"); // reaped when it is empty
    assertTrue(queue == null || queue.getNumChildren() == 0);
    assertEquals(rights, observer.getACL().forPath("/lockex/all/leases"));
    HoldHandle other = new HoldHandle(handle.path(), handle.created() - 1);
    assertFalse(release(other));
    assertEquals(3, observer.getChildren().forPath("/lockex/all/leases").size());
    assertTrue(release(handle));
    Poll.until(
        "a lease is free again",
        () -> Locks.acquire(contest.session(), request("all", 3, false)).isPresent());
  }

  @Test
  void two_who_want_all_leases_have_them_one_after_the_other() throws Exception {
    HeldLock one = Contest.acquire(contest.session(), "both", 2);
    LockRequest request = request("both", 2, true);
    ZooKeeperSession first = session(contest.server().hosts(), HOUR);
    ZooKeeperSession second = session(contest.server().hosts(), HOUR);
    var a = later(() -> acquired(first, request).make().orElseThrow().handle());
    Poll.until("in line", () -> observer.getChildren().forPath("/lockex/both/locks").size() == 1);
    var b = later(() -> acquired(second, request).make().orElseThrow().handle());
    Poll.until("in line", () -> observer.getChildren().forPath("/lockex/both/locks").size() == 2);
    observer.delete().forPath(one.ownPath());
    HoldHandle held = a.get(20, TimeUnit.SECONDS);
    assertFalse(b.isDone());
    assertEquals(2, observer.getChildren().forPath("/lockex/both/leases").size());
    assertTrue(release(held));
    assertTrue(release(b.get(20, TimeUnit.SECONDS)));
    Contest.end(first);
    Contest.end(second);
  }
}
