package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.lockex.fixture.CriticalSection;
import org.lockex.fixture.Poll;
import org.lockex.fixture.TestZooKeeper;

/** What every client may rely on, whatever it speaks. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class LeaseContract {
  private static final Duration WAIT = Duration.ofMillis(700);
  private static final Duration LIFETIME = Duration.ofSeconds(2);

  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();
  private TestGateway impatient;
  private TestGateway patient;
  private TestGateway other;

  abstract Client client(TestGateway gateway);

  /** A client that is told its tokens. */
  Client telling(TestGateway gateway) {
    return client(gateway);
  }

  @BeforeAll
  void start() throws Exception {
    impatient = new TestGateway(zooKeeper.hosts(), WAIT, LIFETIME);
    patient = new TestGateway(zooKeeper.hosts(), Duration.ofSeconds(10), LIFETIME);
    other = new TestGateway(zooKeeper.hosts(), Duration.ofSeconds(10), LIFETIME);
  }

  @AfterAll
  void stop() throws Exception {
    impatient.close();
    patient.close();
    other.close();
  }

  private static CompletableFuture<Optional<Client.Held>> acquiring(Client client, String lock) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return client.acquire(lock);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  private int contenders(String lock) {
    return patient
        .leases
        .directory()
        .contenders(new org.lockex.znode.LockId(lock))
        .join()
        .orElseThrow()
        .size();
  }

  @Test
  void a_free_lock_is_granted_and_released_once() throws Exception {
    Client client = client(patient);
    Client.Held held = client.acquire("lock0").orElseThrow();
    assertTrue(client.holds(held));
    assertTrue(client.release(held));
    assertFalse(client.holds(held));
    assertFalse(client.release(held));
    assertEquals(0, contenders("lock0"));
  }

  @Test
  void a_held_lock_is_not_granted_and_the_place_in_the_queue_is_given_up() throws Exception {
    Client.Held held = client(patient).acquire("lock1").orElseThrow();
    assertTrue(client(impatient).acquire("lock1").isEmpty());
    assertEquals(1, contenders("lock1"));
    assertTrue(client(patient).release(held));
  }

  @Test
  @Tag("timed")
  void a_release_grants_to_the_next_within_100_ms() throws Exception {
    Client client = client(patient);
    Client.Held held = client.acquire("lock2").orElseThrow();
    var next = acquiring(client(other), "lock2");
    Poll.until("a waiter", () -> contenders("lock2") == 2);
    long released = System.nanoTime();
    assertTrue(client.release(held));
    Client.Held second = next.get(5, TimeUnit.SECONDS).orElseThrow();
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - released);
    assertTrue(took < 100, took + " ms");
    assertTrue(client.release(second));
  }

  @Test
  @Tag("timed")
  void a_lifetime_ends_on_time_and_the_next_gets_the_lock() throws Exception {
    Client client = client(patient);
    Client.Held held = client.acquire("lock3").orElseThrow();
    long granted = System.nanoTime();
    Client.Held second = acquiring(client(other), "lock3").get(9, TimeUnit.SECONDS).orElseThrow();
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - granted);
    long late = took - LIFETIME.toMillis();
    // The client hears of its grant a little after it was given, so some ms early are none.
    assertTrue(late > -50 && late < 100, late + " ms late");
    assertFalse(client.holds(held));
    assertFalse(client.release(held));
    assertTrue(client(other).release(second));
  }

  @Test
  @Tag("timed")
  void nobody_waits_and_still_the_grant_goes_when_its_time_is_over() throws Exception {
    assertTrue(client(patient).acquire("lock4").isPresent());
    assertEquals(1, contenders("lock4"));
    Thread.sleep(LIFETIME.plusMillis(100).toMillis());
    assertEquals(0, contenders("lock4"));
  }

  @Test
  void the_first_to_come_is_the_first_to_get_it() throws Exception {
    Client client = client(patient);
    Client.Held held = client.acquire("lock5").orElseThrow();
    ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int number = i;
      Client waiter = client(i % 2 == 0 ? patient : other);
      all.add(
          acquiring(waiter, "lock5")
              .thenAccept(got -> {
                order.add(number);
                try {
                  assertTrue(waiter.release(got.orElseThrow()));
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              }));
      int expected = i + 2;
      Poll.until("waiter " + i, () -> contenders("lock5") == expected);
    }
    assertTrue(client.release(held));
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
    assertEquals(List.of(0, 1, 2, 3, 4, 5), List.copyOf(order));
  }

  @Test
  void never_two_at_once_through_two_gateways() throws Exception {
    CriticalSection section = new CriticalSection();
    AtomicInteger grants = new AtomicInteger();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Client client = client(i % 2 == 0 ? patient : other);
      all.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int turn = 0; turn < 10; turn++) {
                    Client.Held held = client.acquire("lock6").orElseThrow();
                    section.visit();
                    grants.incrementAndGet();
                    assertTrue(client.release(held));
                  }
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              },
              task -> Thread.ofVirtual().start(task)));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    assertEquals(80, grants.get());
    assertEquals(1, section.mostAtOnce());
    assertEquals(0, contenders("lock6"));
  }

  @Test
  void every_gateway_knows_every_lease() throws Exception {
    Client.Held held = client(patient).acquire("lock7").orElseThrow();
    assertTrue(client(other).holds(held));
    assertTrue(client(other).release(held));
    assertFalse(client(patient).release(held));
    assertFalse(client(patient).holds(held));
  }

  @Test
  void tokens_grow() throws Exception {
    long last = 0;
    for (int i = 0; i < 5; i++) {
      Client.Held held = telling(i % 2 == 0 ? patient : other).acquire("lock8").orElseThrow();
      long token = held.token().orElseThrow();
      assertTrue(token > last, last + " then " + token);
      last = token;
      assertTrue(client(patient).release(held));
    }
  }

  @Test
  void a_grant_outlives_its_gateway() throws Exception {
    Client.Held held;
    try (TestGateway mortal = new TestGateway(zooKeeper.hosts(), WAIT, Duration.ofSeconds(3))) {
      held = client(mortal).acquire("lock9").orElseThrow();
    }
    assertTrue(client(patient).holds(held));
    assertTrue(client(impatient).acquire("lock9").isEmpty());
    assertTrue(client(patient).release(held));
  }

  @Test
  void a_stopped_gateway_leaves_no_waiter() throws Exception {
    Client.Held held = client(patient).acquire("lock10").orElseThrow();
    TestGateway mortal = new TestGateway(zooKeeper.hosts(), Duration.ofSeconds(10), LIFETIME);
    var waiting = acquiring(client(mortal), "lock10");
    Poll.until("a waiter", () -> contenders("lock10") == 2);
    mortal.close();
    Poll.until("no waiter", () -> contenders("lock10") == 1);
    waiting.exceptionally(e -> Optional.empty()).get(5, TimeUnit.SECONDS);
    assertTrue(client(patient).release(held));
  }

  @Test
  void a_plain_curator_mutex_and_a_lease_exclude_each_other() throws Exception {
    try (CuratorFramework curator = PlainCurator.of(zooKeeper.hosts())) {
      curator.start();
      InterProcessMutex mutex = new InterProcessMutex(curator, "/lockex/lock11");
      mutex.acquire();
      assertTrue(client(impatient).acquire("lock11").isEmpty());
      var waiting = acquiring(client(patient), "lock11");
      Poll.until("a waiter", () -> contenders("lock11") == 2);
      mutex.release();
      Client.Held held = waiting.get(5, TimeUnit.SECONDS).orElseThrow();
      assertFalse(mutex.acquire(200, TimeUnit.MILLISECONDS));
      assertTrue(client(patient).release(held));
      assertTrue(mutex.acquire(2, TimeUnit.SECONDS));
      mutex.release();
    }
  }
}
