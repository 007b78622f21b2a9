package org.lockex.lock.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lockex.fixture.Poll;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.LockData;

/** A create that ZooKeeper has taken and not yet committed is in nobody's listing. */
class SlowDisksIT {
  @AutoClose private final Ensemble ensemble;

  SlowDisksIT() throws Exception {
    ensemble = new Ensemble(1000);
  }

  @ParameterizedTest
  @CsvSource({
    "mutex, 1, /lockex/mutex/_c_",
    "inner-queue, 2, /lockex/inner-queue/locks/_c_",
    "leases, 2, /lockex/leases/leases/_c_"
  })
  void whose_connection_breaks_under_a_create_does_not_queue_behind_itself(
      String id, int concurrency, String node) throws Exception {
    int leader = ensemble.leader();
    int one = (leader + 1) % 3;
    int two = (leader + 2) % 3;
    try (Contest onlookers = new Contest(ensemble.host(leader));
        Contest contest = new Contest(ensemble.host(one) + "," + ensemble.host(two))) {
      CuratorFramework observer = onlookers.observer();
      String lock = "/lockex/" + id;
      observer.create().creatingParentsIfNeeded().forPath(lock, new LockData(concurrency).bytes());
      if (concurrency > 1) {
        observer.create().forPath(lock + "/locks");
        observer.create().forPath(lock + "/leases");
      }
      ZooKeeperSession session = contest.session(Duration.ofSeconds(15));
      session.awaitConnected();
      int at = ensemble.clientSide(one).wasUsed() ? one : two;
      Relay first = ensemble.clientSide(at);
      Relay second = ensemble.clientSide(at == one ? two : one);
      ensemble.stopDisksAt(node);
      CompletableFuture<HeldLock> contender = Contest.acquiring(session, id, concurrency);
      Poll.until("the create is under way", ensemble::disksStandStill);
      // The server that has the create would answer nothing before it is committed.
      first.silence();
      first.reset();
      Poll.until("the same session at the other", () -> second.wasUsed() && session.isConnected());
      // For whoever lists without a sync, time to create again.
      Thread.sleep(1_000);
      ensemble.resumeDisks();
      HeldLock held = contender.get(20, TimeUnit.SECONDS);
      String own = held.ownPath();
      assertEquals(
          List.of(own.substring(own.lastIndexOf('/') + 1)),
          observer.getChildren().forPath(own.substring(0, own.lastIndexOf('/'))));
      if (concurrency > 1) {
        assertEquals(List.of(), observer.getChildren().forPath(lock + "/locks"));
      }
    }
  }
}
