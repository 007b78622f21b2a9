package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;
import org.lockex.fixture.TestZooKeeper;

/**
 * A new ensemble begins with low numbers. With {@code lockexctl tokens --at-least} its tokens are
 * above those that a store has seen, and in the order of the holders.
 */
class TokensE2E {
  private static final long SEEN = 8_000_000_000_000L;
  private static final String BODY = "{\"title\":\"t\",\"wait\":20,\"lifetime\":30}";

  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();

  private Image.Result ctl(String... args) {
    List<String> command = Image.with(Image.bin("lockexctl"), "-z", zooKeeper.hosts());
    command.addAll(List.of(args));
    return Image.start(Map.of(), new byte[0], command).end();
  }

  private long raise(long least) {
    Image.Result result = ctl("tokens", "--at-least", Long.toString(least));
    assertEquals(0, result.code(), result::err);
    return base(result);
  }

  private static long base(Image.Result result) {
    assertTrue(result.out().matches("base \\d+, the next token is at least \\d+\n"), result::out);
    long[] numbers =
        Arrays.stream(result.out().replaceAll("[^0-9]+", " ").strip().split(" "))
            .mapToLong(Long::parseLong)
            .toArray();
    assertTrue(numbers[1] > numbers[0], result::out);
    return numbers[0];
  }

  private long lockex(String id) {
    Image.Result result =
        Image.sh(zooKeeper.hosts(), "lockex -i " + id + " -s 'echo $LOCKEX_TOKEN'");
    assertEquals(0, result.code(), result::err);
    return Long.parseLong(result.out().strip());
  }

  private static long token(HttpResponse<String> answer) {
    assertEquals(201, answer.statusCode(), answer::body);
    return answer.headers().firstValueAsLong("Lockex-Token").orElseThrow();
  }

  @Test
  void tokens_of_lockex_and_lockexd_are_above_it_and_in_the_order_of_the_holders()
      throws Exception {
    long before = lockex("x");
    assertTrue(before < SEEN);
    assertEquals(0, base(ctl("tokens")));
    try (Lockexd lockexd = new Lockexd("-z", zooKeeper.hosts())) {
      HttpResponse<String> early = lockexd.acquire("early", 0, 60);
      long told = token(early);
      assertTrue(told < SEEN);
      assertEquals(SEEN, raise(SEEN));
      long last = SEEN;
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> grant = lockexd.acquire("x", 0, 30);
        long granted = token(grant);
        assertTrue(granted > last, granted + " after " + last);
        assertTrue(ctl("show", "x").out().contains(" " + granted + " "));
        assertEquals(
            granted,
            Long.parseLong(
                lockexd
                    .send("GET", Lockexd.path(grant), "")
                    .body()
                    .replaceAll("(?s).*\"token\":(\\d+).*", "$1")));
        assertEquals(204, lockexd.send("DELETE", Lockexd.path(grant), "").statusCode());
        last = lockex("x");
        assertTrue(last > granted, last + " after " + granted);
        // The base outlives the containers of the locks.
        Poll.until("reaped", () -> ctl("show", "x").code() == 1);
      }
      // What was told before does not change in its life.
      assertTrue(ctl("show", "early").out().contains(" " + told + " "));
      assertTrue(lockexd.send("GET", Lockexd.path(early), "").body().contains(":" + told + ","));
      lockexd.crash();
      lockexd.restart();
      assertTrue(lockexd.send("GET", Lockexd.path(early), "").body().contains(":" + told + ","));
      assertTrue(token(lockexd.acquire("x", 0, 1)) > last);
    }
  }

  @Test
  void who_waited_when_it_was_raised_is_above_it_too() throws Exception {
    try (Lockexd lockexd = new Lockexd("-z", zooKeeper.hosts())) {
      Image.Running holder = untilMarked("y");
      Poll.until("held", () -> ctl("show", "y").out().contains("holds"));
      Image.Running next =
          Image.startSh(zooKeeper.hosts(), "lockex -i y -s 'echo $LOCKEX_TOKEN; sleep 1'");
      Poll.until("one waits", () -> waiters("y") == 1);
      CompletableFuture<HttpResponse<String>> client =
          CompletableFuture.supplyAsync(() -> {
            try {
              return lockexd.send("POST", "/locks/y", BODY);
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
      Poll.until("two wait", () -> waiters("y") == 2);
      // For the next in line to have asked everything ahead.
      TimeUnit.SECONDS.sleep(1);
      raise(SEEN);
      long running =
          Long.parseLong(
              ctl("show", "y", "--json").out().replaceAll("(?s).*?\"token\":(\\d+).*", "$1"));
      assertTrue(running < SEEN, "the holder's was told before: " + running);
      Files.createFile(Path.of(marker()));
      assertEquals(Long.toString(running), holder.end().out().strip());
      long second = Long.parseLong(next.end().out().strip());
      assertTrue(second > SEEN, "next in line: " + second);
      long third = token(client.get(30, TimeUnit.SECONDS));
      assertTrue(third > second, third + " after " + second);
    } finally {
      Files.deleteIfExists(Path.of(marker()));
    }
  }

  private String marker() {
    return System.getProperty("java.io.tmpdir") + "/lockex-tokens-" + zooKeeper.port();
  }

  private int waiters(String id) {
    return ctl("show", id).out().split(" waits ", -1).length - 1;
  }

  @Test
  void a_holder_shows_the_token_that_it_was_told() throws Exception {
    raise(SEEN);
    try {
      Image.Running running = untilMarked("z");
      Poll.until("held", () -> ctl("show", "z").out().contains("holds"));
      raise(2 * SEEN);
      Poll.until("told", () -> ctl("show", "z", "--json").out().contains("\"acquired\""));
      String shown =
          ctl("show", "z", "--json").out().replaceAll("(?s).*?\"token\":(\\d+).*", "$1").strip();
      Files.createFile(Path.of(marker()));
      assertEquals(running.end().out().strip(), shown);
      assertTrue(Long.parseLong(shown) < 2 * SEEN);
      assertTrue(lockex("z") > 2 * SEEN);
    } finally {
      Files.deleteIfExists(Path.of(marker()));
    }
  }

  /** A holder that tells its token and ends when the marker is there. */
  private Image.Running untilMarked(String id) {
    return Image.startSh(
        zooKeeper.hosts(),
        "lockex -i "
            + id
            + " -s 'echo $LOCKEX_TOKEN; while [ ! -e "
            + marker()
            + " ]; do sleep 0.1; done'");
  }

  @Test
  void it_is_never_lowered_and_the_highest_of_two_at_once_counts() throws Exception {
    assertEquals(SEEN, raise(SEEN));
    assertEquals(SEEN, raise(5));
    assertEquals(SEEN, raise(SEEN));
    assertEquals(SEEN, base(ctl("tokens")));
    assertEquals(
        Long.toString(SEEN),
        ctl("tokens", "--json").out().replaceAll("(?s)^\\{\"base\":(\\d+),.*", "$1"));
    List<Image.Running> both = new ArrayList<>();
    for (long least : new long[] {SEEN + 30, SEEN + 10, SEEN + 20}) {
      both.add(
          Image.start(
              Map.of(),
              new byte[0],
              Image.with(
                  Image.bin("lockexctl"),
                  "-z",
                  zooKeeper.hosts(),
                  "tokens",
                  "--at-least",
                  Long.toString(least))));
    }
    for (Image.Running one : both) {
      Image.Result result = one.end();
      assertEquals(0, result.code(), result::err);
      assertTrue(base(result) > SEEN);
    }
    assertEquals(SEEN + 30, base(ctl("tokens")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "x", "", "4611686018427387905", "9223372036854775807"})
  void what_is_no_token_is_64(String least) {
    Image.Result result = ctl("tokens", "--at-least", least);
    assertEquals(64, result.code());
    Image.assertOneLine(result, "--at-least");
    assertEquals("", result.out());
  }

  @Test
  void another_programs_data_there_is_70_for_everyone() throws Exception {
    try (ZooKeeperTree tree = new ZooKeeperTree(zooKeeper.hosts())) {
      tree.client()
          .create(
              "/lockex-tokens",
              "theirs".getBytes(StandardCharsets.UTF_8),
              ZooDefs.Ids.OPEN_ACL_UNSAFE,
              CreateMode.PERSISTENT);
    }
    assertEquals(70, ctl("tokens").code());
    Image.Result run = Image.lockex(zooKeeper.hosts(), "-i", "x", "echo", "never");
    assertEquals(70, run.code());
    assertEquals("", run.out());
    Image.assertOneLine(run, "/lockex-tokens");
    try (Lockexd lockexd = new Lockexd("-z", zooKeeper.hosts())) {
      assertEquals(503, lockexd.acquire("x", 0, 30).statusCode());
    }
  }
}
