package org.lockex.lock.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.StaticHostProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;
import org.lockex.fixture.TestZooKeeper;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.lease.Loss;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.security.ClientConfig;
import org.lockex.security.Connectors;

class LossIT {
  @AutoClose private final TestZooKeeper server = new TestZooKeeper();
  private Relay relay;
  private Contest contest;

  @BeforeEach
  void start() throws Exception {
    relay = new Relay(server.port());
    contest = new Contest(relay.address());
  }

  @AfterEach
  void stop() throws Exception {
    contest.close();
    relay.close();
  }

  /** Ends another client's session at the server, as an administrator's tool would. */
  private void endElsewhere(ZooKeeperSession session) throws Exception {
    ZooKeeper thief =
        new ZooKeeper(
            server.hosts(),
            4000,
            event -> {},
            session.link().getSessionId(),
            session.link().getSessionPasswd(),
            false,
            new StaticHostProvider(
                List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))),
            new ClientConfig(Connectors.NONE, Optional.empty()));
    thief.exists("/", false);
    thief.close();
  }

  @Test
  @Tag("timed")
  void a_node_deleted_by_another_client_is_reported_at_once() throws Exception {
    CuratorFramework observer = contest.observer();
    for (int n = 1; n <= 2; n++) {
      HeldLock lock = Contest.acquire(contest.session(), "d" + n, n);
      PartitionIT.Heard heard = new PartitionIT.Heard();
      lock.lease().listen(heard);
      Thread.sleep(100);
      long deleted = System.nanoTime();
      observer.delete().forPath(lock.ownPath());
      Poll.until("lost", () -> heard.loss != null);
      assertEquals(new Loss.Deleted(lock.ownPath()), heard.loss);
      assertTrue(heard.lostAt - deleted < 100_000_000, "after " + (heard.lostAt - deleted));
    }
  }

  @Test
  @Tag("timed")
  void a_session_ended_by_the_server_is_reported_at_once_and_counts_as_ended() throws Exception {
    ZooKeeperSession session = contest.session();
    HeldLock lock = Contest.acquire(session, "a", 1);
    PartitionIT.Heard heard = new PartitionIT.Heard();
    lock.lease().listen(heard);
    long ended = System.nanoTime();
    endElsewhere(session);
    Poll.until("lost", () -> heard.loss != null);
    assertInstanceOf(Loss.Expired.class, heard.loss);
    assertTrue(heard.lostAt - ended < 600_000_000, "after " + (heard.lostAt - ended));
    PartitionIT.Heard late = new PartitionIT.Heard();
    lock.lease().listen(late);
    assertEquals(heard.loss, late.loss, "the first loss stays");
    long before = System.nanoTime();
    assertEquals(ZooKeeperSession.End.ANSWERED, session.end(Duration.ofSeconds(2)));
    assertTrue(System.nanoTime() - before < 100_000_000, "there is nothing to wait for");
  }

  @Test
  void the_end_of_the_session_is_no_loss() throws Exception {
    for (int i = 0; i < 10; i++) {
      ZooKeeperSession session = contest.session();
      PartitionIT.Heard heard = new PartitionIT.Heard();
      Contest.acquire(session, "e", 1).lease().listen(heard);
      Contest.end(session);
      Thread.sleep(30);
      assertNull(heard.loss);
    }
  }

  @Test
  @Tag("waits")
  void a_short_outage_is_not_noticed() throws Exception {
    for (int n = 1; n <= 2; n++) {
      HeldLock lock = Contest.acquire(contest.session(), "o" + n, n);
      PartitionIT.Heard heard = new PartitionIT.Heard();
      lock.lease().listen(heard);
      relay.silence();
      Thread.sleep(900);
      relay.resume();
      Thread.sleep(600);
      relay.reset();
      Thread.sleep(1500);
      assertNull(heard.loss);
      long left = heard.deadline.killAt() - System.nanoTime();
      assertTrue(left > 1_000_000_000L, left + " ns left");
      CompletableFuture<HeldLock> rival = Contest.acquiring(contest.session(), "o" + n, n);
      if (n == 1) {
        Thread.sleep(200);
        assertTrue(!rival.isDone());
      }
    }
  }

  @Test
  void a_waiter_whose_session_expires_queues_again() throws Exception {
    for (int n = 1; n <= 2; n++) {
      ZooKeeperSession[] holders = new ZooKeeperSession[n];
      for (int i = 0; i < n; i++) {
        holders[i] = contest.session();
        Contest.acquire(holders[i], "w" + n, n);
      }
      ZooKeeperSession waiter = contest.session();
      CompletableFuture<HeldLock> had = Contest.acquiring(waiter, "w" + n, n);
      Thread.sleep(300);
      String before = waiter.id();
      endElsewhere(waiter);
      Poll.until(
          "a new session", () -> !waiter.id().equals(before) && waiter.link().getSessionId() != 0);
      Thread.sleep(500);
      assertTrue(!had.isDone());
      Contest.end(holders[0]);
      HeldLock lock = had.get(10, TimeUnit.SECONDS);
      assertNotEquals(before, lock.sessionId());
      assertEquals(waiter.id(), lock.sessionId());
      assertTrue(
          contest.notes.stream().anyMatch(note -> note.contains(before)), "" + contest.notes);
      long left = lock.lease().deadline().killAt() - System.nanoTime();
      assertTrue(left > 500_000_000, left + " ns left");
    }
  }

  @Test
  void a_waiter_outlives_an_outage_longer_than_its_session() throws Exception {
    ZooKeeperSession holder = contest.session();
    try (Contest direct = new Contest(server.hosts())) {
      Contest.acquire(direct.session(Duration.ofSeconds(30)), "l", 1);
      CompletableFuture<HeldLock> had =
          Contest.acquiring(contest.session(Duration.ofSeconds(1)), "l", 1);
      Thread.sleep(300);
      relay.silence();
      Thread.sleep(3000);
      relay.resume();
      Thread.sleep(1500);
      assertTrue(!had.isDone());
    }
    Contest.acquire(holder, "other", 1);
  }
}
