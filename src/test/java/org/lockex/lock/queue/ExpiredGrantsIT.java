package org.lockex.lock.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lockex.fixture.Poll;
import org.lockex.fixture.TestZooKeeper;
import org.lockex.znode.LockData;
import org.lockex.znode.LockPaths;

/** Nobody waits for a lockexd that is dead. */
class ExpiredGrantsIT {
  private static final String NAME = "_c_6f2c3e0a-0000-4000-8000-000000000001-";
  private static final String GRANT =
      "{\"host\":\"h\",\"command\":\"{\\\"lifetimeMillis\\\":1}\",\"lifetimeMillis\":1500,\"token\":7}";

  @AutoClose private final TestZooKeeper server = new TestZooKeeper();
  private CuratorFramework curator;

  @BeforeEach
  void start() throws Exception {
    curator = CuratorFrameworkFactory.newClient(server.hosts(), new RetryOneTime(50));
    curator.start();
  }

  @AfterEach
  void stop() throws Exception {
    curator.close();
  }

  private String put(String path, String data) throws Exception {
    return curator.create().creatingParentsIfNeeded().forPath(path, data.getBytes(UTF_8));
  }

  private ExpiredGrants watch(String path, int concurrency) {
    return grants(path, concurrency)
        .watch(defect -> {
          throw new AssertionError(defect);
        });
  }

  private ExpiredGrants grants(String path, int concurrency) {
    return new ExpiredGrants(
        curator,
        new LockPaths(path),
        new LockData(concurrency),
        () -> concurrency == 1 ? NAME + "lock-0000000000" : null,
        System::nanoTime);
  }

  @Test
  void one_who_does_not_wait_marks_a_grant_and_the_next_counts_from_the_mark() throws Exception {
    String grant = put("/lockex/d/" + NAME + "lock-0000000000", GRANT);
    long marked = System.nanoTime();
    assertFalse(grants("/lockex/d", 1).removeOver());
    byte[] once = curator.getData().forPath(grant);
    assertTrue(new String(once, UTF_8).contains("\"seen-"), new String(once, UTF_8));
    assertFalse(grants("/lockex/d", 1).removeOver());
    assertArrayEquals(once, curator.getData().forPath(grant));
    Poll.until("it is over", () -> grants("/lockex/d", 1).removeOver());
    assertTrue(System.nanoTime() - marked >= 1_500_000_000L);
    assertTrue(curator.checkExists().forPath(grant) == null);
  }

  @Test
  void a_waiter_for_a_mutex_outlasts_a_grant_of_a_dead_lockexd_and_not_less() throws Exception {
    long start = System.nanoTime();
    put("/lockex/a/" + NAME + "lock-0000000000", GRANT);
    InterProcessMutex mutex = new InterProcessMutex(curator, "/lockex/a");
    try (ExpiredGrants grants = watch("/lockex/a", 1)) {
      assertTrue(mutex.acquire(4, TimeUnit.SECONDS));
    }
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(took >= 1500, took + " ms");
    mutex.release();
  }

  @Test
  void a_waiter_for_a_semaphore_does_too() throws Exception {
    long start = System.nanoTime();
    put("/lockex/b/leases/" + NAME + "lease-0000000000", GRANT);
    put("/lockex/b/leases/" + NAME.replace('1', '2') + "lease-0000000001", GRANT);
    InterProcessSemaphoreV2 semaphore = new InterProcessSemaphoreV2(curator, "/lockex/b", 2);
    try (ExpiredGrants grants = watch("/lockex/b", 2)) {
      var lease = semaphore.acquire(4, TimeUnit.SECONDS);
      assertTrue(lease != null);
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertTrue(took >= 1500, took + " ms");
      semaphore.returnLease(lease);
    }
  }

  /** Each looks like a grant that is long over, but for one thing. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          EPHEMERAL  | {"host":"h","lifetimeMillis":1,"token":7}
          PERSISTENT | {"host":"h","lifetimeMillis":1}
          PERSISTENT | {"host":"h","command":"{\\"lifetimeMillis\\":1}","token":7}
          PERSISTENT | 10.0.0.1
          """)
  void what_is_no_grant_stays(CreateMode mode, String data) throws Exception {
    String stranger = "/lockex/c/" + NAME + "lock-0000000000";
    curator
        .create()
        .creatingParentsIfNeeded()
        .withMode(mode)
        .forPath(stranger, data.getBytes(UTF_8));
    try (ExpiredGrants grants = watch("/lockex/c", 1)) {
      Thread.sleep(1000);
      assertTrue(curator.checkExists().forPath(stranger) != null);
      // It was looked at: a grant in its place goes.
      curator.delete().forPath(stranger);
      put(stranger, GRANT.replace("1500", "1"));
      grants.changed();
      Poll.until("the grant is gone", () -> curator.checkExists().forPath(stranger) == null);
    }
  }
}
