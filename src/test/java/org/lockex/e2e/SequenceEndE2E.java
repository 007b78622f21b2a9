package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.CountedZooKeeper;
import org.lockex.fixture.Poll;

/**
 * At 2147483647 ZooKeeper gives every node of a queue the same number: that must not be reached.
 */
class SequenceEndE2E {
  private static final int NEAR_END = Integer.MAX_VALUE - 1_000_000;

  @TempDir Path folder;
  private CountedZooKeeper zooKeeper;

  @BeforeEach
  void start() throws Exception {
    zooKeeper = new CountedZooKeeper(folder);
  }

  @AfterEach
  void stop() {
    zooKeeper.close();
  }

  private String hosts() {
    return zooKeeper.hosts();
  }

  /** Holds the lock until it is let go. */
  private Image.Running hold(String... options) {
    List<String> words = new ArrayList<>(List.of(options));
    words.addAll(List.of("--", "sleep", "60"));
    Image.Running holder = Image.startLockex(hosts(), words.toArray(String[]::new));
    Poll.until("it holds", () -> lockexctl("ls").out().contains("sleep 60"));
    return holder;
  }

  private static void letGo(Image.Running holder) {
    holder.signal("TERM");
    assertEquals(143, holder.end().code());
  }

  private Image.Result lockexctl(String... arguments) {
    return Image.start(
            Map.of("ZKHOSTS", hosts()), new byte[0], Image.with(Image.bin("lockexctl"), arguments))
        .end();
  }

  @Test
  void newcomers_wait_for_the_holder_and_then_the_numbers_begin_anew() throws Exception {
    Image.Running holder = hold("-i", "m");
    zooKeeper.count("/lockex/m", NEAR_END);
    String warning = lockexctl("ls").err();
    assertTrue(warning.contains("m: 1000000 of its 2147483647 sequence numbers are left"), warning);
    assertEquals(75, Image.lockex(hosts(), "-n", "-i", "m", "--", "true").code());
    Image.Running waiter = Image.startLockex(hosts(), "-v", "-i", "m", "--", "echo", "ran");
    Image.Running second = Image.startLockex(hosts(), "-i", "m", "--", "echo", "ran");
    Thread.sleep(1500);
    assertTrue(waiter.process().isAlive() && second.process().isAlive());
    assertEquals(1, children("/lockex/m"));
    letGo(holder);
    for (Image.Running one : List.of(waiter, second)) {
      Image.Result result = one.end();
      assertEquals("ran\n", result.out());
      assertEquals(0, result.code(), result.err());
    }
    assertEquals("", lockexctl("ls").err());
  }

  private int children(String path) throws Exception {
    try (ZooKeeperTree tree = new ZooKeeperTree(hosts())) {
      return tree.client().getChildren(path, false).size();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"locks", "leases"})
  void the_same_for_a_semaphore(String which) throws Exception {
    Image.Running holder = hold("-i", "s", "-c", "2");
    zooKeeper.count("/lockex/s/" + which, NEAR_END);
    assertTrue(lockexctl("show", "s").err().contains("sequence numbers"));
    assertEquals(75, Image.lockex(hosts(), "-n", "-c", "2", "-i", "s", "--", "true").code());
    Image.Running waiter = Image.startLockex(hosts(), "-i", "s", "-c", "2", "--", "true");
    Thread.sleep(1500);
    assertTrue(waiter.process().isAlive());
    letGo(holder);
    assertEquals(0, waiter.end().code());
    assertEquals("", lockexctl("ls").err());
  }

  @Test
  void a_queue_that_never_empties_refuses_with_one_line_at_the_very_end() throws Exception {
    Image.Running holder = hold("-i", "m");
    zooKeeper.count("/lockex/m", Integer.MAX_VALUE - 10);
    Image.Result refused = Image.lockex(hosts(), "-i", "m", "--", "true");
    assertEquals(78, refused.code());
    assertEquals(
        "lockex: cannot queue on /lockex/m: its sequence numbers are used up; they begin anew once"
            + " nobody holds it or waits for it\n",
        refused.err());
    letGo(holder);
    assertEquals(0, Image.lockex(hosts(), "-n", "-i", "m", "--", "true").code());
  }

  @Test
  void a_lockexd_lets_newcomers_wait_outside() throws Exception {
    try (Lockexd lockexd = new Lockexd("-z", hosts())) {
      HttpResponse<String> first = lockexd.acquire("m", 0, 60);
      zooKeeper.count("/lockex/m", NEAR_END);
      CompletableFuture<HttpResponse<String>> inside = acquiring(lockexd);
      Poll.until("it waits", () -> children("/lockex/m") == 2);
      CompletableFuture<HttpResponse<String>> outside = acquiring(lockexd);
      assertEquals(408, lockexd.acquire("m", 0, 60).statusCode());
      Thread.sleep(1000);
      assertEquals(2, children("/lockex/m"));
      assertEquals(204, lockexd.send("DELETE", Lockexd.path(first), "").statusCode());
      HttpResponse<String> second = inside.get();
      assertFalse(outside.isDone());
      assertEquals(204, lockexd.send("DELETE", Lockexd.path(second), "").statusCode());
      HttpResponse<String> third = outside.get();
      assertEquals(201, third.statusCode());
      assertTrue(token(first) < token(second) && token(second) < token(third));
      assertEquals("", lockexctl("ls").err());
    }
  }

  @Test
  void a_lockexd_grants_nothing_by_a_number_that_another_may_have() throws Exception {
    try (Lockexd lockexd = new Lockexd("-z", hosts())) {
      HttpResponse<String> first = lockexd.acquire("m", 0, 60);
      zooKeeper.count("/lockex/m", Integer.MAX_VALUE);
      assertEquals(503, lockexd.acquire("m", 5, 60).statusCode());
      assertEquals(503, lockexd.acquire("m", 5, 60).statusCode());
      assertEquals(204, lockexd.send("DELETE", Lockexd.path(first), "").statusCode());
      assertEquals(201, lockexd.acquire("m", 0, 60).statusCode());
      assertEquals("", lockexctl("ls").err());
    }
  }

  private static CompletableFuture<HttpResponse<String>> acquiring(Lockexd lockexd) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return lockexd.acquire("m", 20, 60);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }

  private static long token(HttpResponse<String> granted) {
    return Long.parseLong(granted.headers().firstValue("Lockex-Token").orElseThrow());
  }
}
