package org.lockex.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lockex.fixture.TestZooKeeper;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ReadRequests;
import org.lockex.znode.Contender;
import org.lockex.znode.ContenderData;
import org.lockex.znode.GoldenNodes;
import org.lockex.znode.LockId;
import org.lockex.znode.LockRoot;

class LockReaderIT {
  private static final Contender WHO =
      new Contender("web1", 4711, "root", "rsync -a", Instant.parse("2026-11-21T08:00:00Z"), "1");

  @AutoClose private final TestZooKeeper server = new TestZooKeeper();
  private CuratorFramework curator;
  private LockReader tree;

  @BeforeEach
  void start() throws Exception {
    curator = curator();
    tree =
        new LockReader(
            new ReadRequests(curator.getZookeeperClient().getZooKeeper()),
            "",
            LockRoot.of("lockex"));
  }

  @AfterEach
  void stop() throws Exception {
    curator.close();
  }

  private CuratorFramework curator() throws Exception {
    CuratorFramework client =
        CuratorFrameworkFactory.newClient(server.hosts(), new RetryOneTime(1));
    client.start();
    client.blockUntilConnected();
    return client;
  }

  private String create(String path, String data) throws Exception {
    return curator
        .create()
        .creatingParentContainersIfNeeded()
        .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
        .forPath(path, data.getBytes(UTF_8));
  }

  private void lock(String id, String data) throws Exception {
    curator
        .create()
        .creatingParentContainersIfNeeded()
        .withMode(CreateMode.CONTAINER)
        .forPath("/lockex/" + id, data.getBytes(UTF_8));
  }

  private LockState read(String id) throws Exception {
    return tree.read(LockId.of(id));
  }

  @Test
  void shows_holder_and_waiters_of_a_mutex_in_the_order_of_the_queue() throws Exception {
    lock("m", "{\"format\":1,\"mode\":\"mutex\",\"concurrency\":1}");
    String first = create("/lockex/m/_c_z-lock-", json(true));
    String second = create("/lockex/m/_c_a-lock-", json(false));
    LockState lock = read("m");
    assertEquals(LockState.Mode.MUTEX, lock.mode());
    assertEquals(List.of(first), lock.holders().stream().map(Participant::path).toList());
    assertEquals(List.of(second), lock.waiters().stream().map(Participant::path).toList());
    Participant holder = lock.holders().getFirst();
    assertEquals("web1:4711", holder.place());
    assertEquals(WHO.since(), holder.since());
    assertEquals(curator.checkExists().forPath(first).getCzxid(), holder.token());
    assertEquals(curator.getZookeeperClient().getZooKeeper().getSessionId(), holder.session());
    assertFalse(lock.isFree());
  }

  private static String json(boolean holder) {
    return new String(
        holder
            ? ContenderData.running(WHO, WHO.since(), 0, Optional.empty()).bytes()
            : ContenderData.waiting(WHO).bytes(),
        UTF_8);
  }

  @Test
  void knows_what_can_be_known_of_plain_curator_programs() throws Exception {
    InterProcessMutex mutex = new InterProcessMutex(curator, "/lockex/plain");
    mutex.acquire();
    LockState lock = read("plain");
    assertEquals("mutex", lock.kind());
    assertEquals(1, lock.holders().size());
    Participant holder = lock.holders().getFirst();
    assertTrue(holder.place().startsWith("session 0x"), holder.place());
    assertEquals("", holder.command());
    assertTrue(holder.held(Instant.now()).isEmpty());
    mutex.release();
    InterProcessSemaphoreV2 semaphore = new InterProcessSemaphoreV2(curator, "/lockex/sem", 2);
    semaphore.acquire();
    assertEquals("semaphore", read("sem").kind());
    assertEquals(1, read("sem").holders().size());
  }

  @Test
  void counts_one_who_waits_for_a_lease_once() throws Exception {
    lock("s", "{\"format\":1,\"mode\":\"semaphore\",\"concurrency\":2}");
    List<CuratorFramework> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      CuratorFramework client = curator();
      clients.add(client);
      int before = i;
      Thread.startVirtualThread(() -> {
        try {
          new InterProcessSemaphoreV2(client, "/lockex/s", 2).acquire();
        } catch (Exception e) {
          // The client was closed.
        }
      });
      long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (read("s").holders().size() + read("s").waiting() <= before
          || (before == 2 && curator.getChildren().forPath("/lockex/s/leases").size() < 3)) {
        assertTrue(System.nanoTime() < end);
      }
    }
    LockState lock = read("s");
    assertEquals("semaphore 2", lock.kind());
    assertEquals(2, lock.holders().size());
    assertEquals(2, lock.waiting());
    assertEquals(2, lock.waiters().size());
    assertFalse(lock.isFree());
    clients.forEach(CuratorFramework::close);
  }

  @Test
  void tells_a_foreign_node_from_an_unused_lock_and_from_none() throws Exception {
    curator.create().creatingParentsIfNeeded().forPath("/lockex/foreign/child", new byte[0]);
    curator.setData().forPath("/lockex/foreign", "config".getBytes(UTF_8));
    lock("unused", "");
    assertEquals(LockState.Mode.OTHER, read("foreign").mode());
    assertFalse(read("foreign").isKnown());
    assertEquals(List.of("child"), read("foreign").others());
    assertEquals(LockState.Mode.UNUSED, read("unused").mode());
    assertTrue(read("unused").isFree());
    assertEquals(LockState.Mode.ABSENT, read("none").mode());
    assertFalse(read("none").isKnown());
    assertTrue(read("none").isFree());
  }

  @Test
  void shows_a_grant_of_lockexd_with_its_own_token() throws Exception {
    lock("g", "{\"format\":1,\"mode\":\"mutex\",\"concurrency\":1}");
    String note = json(false).replace("}", ",\"lifetimeMillis\":60000,\"token\":42}");
    curator.create().forPath("/lockex/g/_c_x-lock-0000000000", note.getBytes(UTF_8));
    Participant holder = read("g").holders().getFirst();
    assertTrue(holder.isGrant());
    assertEquals(42, holder.token());
    Duration left = Duration.between(Instant.now(), holder.expires().orElseThrow());
    assertTrue(left.toSeconds() >= 50 && left.toSeconds() <= 60, left::toString);
  }

  @Test
  void lists_locks_by_name_and_those_of_which_only_runs_are_remembered() throws Exception {
    lock("b", "");
    lock("a", "");
    curator
        .create()
        .creatingParentContainersIfNeeded()
        .forPath("/lockex-runs/cron", "{\"format\":1,\"exit\":3,\"token\":1}".getBytes(UTF_8));
    Collection<LockState> all = tree.list(name -> true, false);
    assertEquals(List.of("a", "b", "cron"), all.stream().map(LockState::id).toList());
    LockState cron = all.stream().skip(2).findFirst().orElseThrow();
    assertEquals(3, cron.lastRun().orElseThrow().exit().orElseThrow());
    assertEquals(1, tree.list("a"::equals, false).size());
  }

  @Test
  void a_lock_path_that_does_not_exist_has_no_locks() throws Exception {
    LockReader none =
        new LockReader(new ReadRequests(tree.client()), "/no/chroot", LockRoot.of("x"));
    assertEquals(0, none.list(name -> true, false).size());
  }

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#locks")
  void lock_data_is_read_as_the_golden_bytes_say(GoldenNodes.GoldenLock golden) throws Exception {
    lock("golden", new String(golden.data(), UTF_8));
    LockState lock = read("golden");
    int known = golden.concurrency().orElse(0);
    assertEquals(known, lock.concurrency());
    LockState.Mode mode =
        known == 1
            ? LockState.Mode.MUTEX
            : known > 1
                ? LockState.Mode.SEMAPHORE
                : golden.strange() ? LockState.Mode.OTHER : LockState.Mode.UNUSED;
    assertEquals(mode, lock.mode());
    assertTrue(lock.isFree());
  }

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#contenders")
  void a_contender_is_read_as_the_golden_bytes_say(GoldenNodes.GoldenContender golden)
      throws Exception {
    lock("golden", "");
    curator
        .create()
        .withMode(golden.persistent() ? CreateMode.PERSISTENT : CreateMode.EPHEMERAL)
        .forPath("/lockex/golden/" + golden.node(), golden.data());
    LockState lock = read("golden");
    assertFalse(lock.isFree());
    Participant holder = lock.holders().getFirst();
    assertEquals(golden.grant().isPresent(), holder.isGrant());
    assertEquals(golden.grant().isPresent(), holder.expires().isPresent());
    if (golden.grant().isPresent() && golden.grant().get()[1] > 0) {
      assertEquals(golden.grant().get()[1], holder.token());
    }
    // Nobody moves the end of a grant by writing its bytes again.
    curator.setData().forPath("/lockex/golden/" + golden.node(), golden.data());
    assertEquals(holder.expires(), read("golden").holders().getFirst().expires());
  }

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#children")
  void whoever_is_in_a_locks_folder_is_seen(GoldenNodes.GoldenChild golden) throws Exception {
    lock("golden", "{ \"format\": 1, \"mode\": \"mutex\", \"concurrency\": 1 }");
    curator.create().forPath("/lockex/golden/" + golden.node());
    assertEquals(golden.kind().equals("folder"), read("golden").isFree());
  }

  private static final List<ACL> NOBODY =
      List.of(new ACL(ZooDefs.Perms.READ, new Id("digest", "somebody:else")));

  @Test
  void a_contender_we_may_not_read_holds_and_is_shown_as_unknown() throws Exception {
    lock("m", "{\"format\":1,\"mode\":\"mutex\",\"concurrency\":1}");
    curator
        .create()
        .withMode(CreateMode.EPHEMERAL)
        .withACL(NOBODY)
        .forPath("/lockex/m/_c_x-lock-0000000000", new byte[0]);
    String second = create("/lockex/m/_c_y-lock-", json(false));
    LockState lock = read("m");
    assertFalse(lock.isFree());
    assertEquals(1, lock.holders().size());
    assertFalse(lock.holders().getFirst().known());
    assertEquals(List.of(second), lock.waiters().stream().map(Participant::path).toList());
    assertTrue(ShowLock.text(lock, Instant.now()).contains("holds  not readable"));
    curator.delete().forPath(second);
    assertFalse(read("m").isFree());
  }

  @Test
  void a_lock_whose_folder_we_may_not_read_is_not_free_but_unknown() throws Exception {
    lock("s", "{\"format\":1,\"mode\":\"semaphore\",\"concurrency\":2}");
    curator.create().withACL(NOBODY).forPath("/lockex/s/leases", new byte[0]);
    LockState lock = read("s");
    LockException told = assertThrows(LockException.class, lock::isFree);
    assertEquals(LockException.Kind.NOT_AUTHORISED, told.kind());
    assertTrue(ShowLock.text(lock, Instant.now()).contains("is unknown"));
    assertTrue(ListLocks.table(tree.list(name -> true, false), Instant.now(), 40).contains("?"));
  }
}
