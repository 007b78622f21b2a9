package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

/** What each release of the server has to be good for. */
abstract class ServesLocks {
  private static final Duration START = Duration.ofSeconds(60);

  @TempDir Path folder;

  abstract DebianZooKeeper server();

  private Image.Result lockex(String... args) {
    return Image.lockex(server().hosts(), args);
  }

  private Image.Running lockexctl(String... args) {
    return Image.start(
        Map.of("ZKHOSTS", server().hosts(), "LANG", "C"),
        new byte[0],
        Image.with(Image.bin("lockexctl"), args));
  }

  /** Holds a lock until it is ended. */
  private Image.Running hold(String id, String... more) {
    Path held = folder.resolve(id + "-is-held");
    List<String> args = new ArrayList<>(List.of(more));
    args.addAll(List.of("-i", id, "-s", "--", "touch " + held + "; exec sleep 60"));
    Image.Running holder = Image.startLockex(server().hosts(), args.toArray(String[]::new));
    Poll.until("the lock is held", START, () -> Files.exists(held) || !holder.process().isAlive());
    assertTrue(Files.exists(held), () -> "it ended: " + holder.end());
    return holder;
  }

  private static void end(Image.Running holder) {
    holder.signal("TERM");
    Image.Result result = holder.end();
    assertEquals("", result.err());
    assertEquals(143, result.code());
  }

  @Test
  void a_command_runs_and_its_lock_is_free_again() {
    for (int i = 0; i < 2; i++) {
      Image.Result result = lockex("-n", "-i", "job", "--", "sh", "-c", "echo ran; exit 3");
      assertEquals("", result.err());
      assertEquals("ran\n", result.out());
      assertEquals(3, result.code());
    }
  }

  @Test
  void a_held_lock_is_busy_and_handed_over() {
    Image.Running holder = hold("mutex");
    assertEquals(75, lockex("-n", "-i", "mutex", "--", "true").code());
    assertEquals(75, lockex("-t", "0.5", "-i", "mutex", "--", "true").code());
    Image.Running waiter = Image.startLockex(server().hosts(), "-i", "mutex", "--", "true");
    end(holder);
    assertEquals(0, waiter.end().code());
  }

  @Test
  void a_semaphore_has_as_many_leases_as_it_is_to_have() {
    Image.Running first = hold("semaphore", "-c", "2");
    assertEquals(0, lockex("-n", "-c", "2", "-i", "semaphore", "--", "true").code());
    Path one = folder.resolve("one");
    Image.Running second =
        Image.startLockex(
            server().hosts(),
            "-c",
            "2",
            "-i",
            "semaphore",
            "-s",
            "--",
            "touch " + one + "; exec sleep 60");
    Poll.until("two hold it", START, () -> Files.exists(one));
    assertEquals(75, lockex("-n", "-c", "2", "-i", "semaphore", "--", "true").code());
    assertEquals(78, lockex("-n", "-i", "semaphore", "--", "true").code());
    end(first);
    assertEquals(0, lockex("-n", "-c", "2", "-i", "semaphore", "--", "true").code());
    end(second);
    assertEquals("one\n", lockex("-n", "-i", "semaphore", "--", "echo", "one").out());
  }

  @Test
  void a_job_runs_once_per_period() {
    assertEquals("ran\n", lockex("--once-per", "1h", "-i", "once", "--", "echo", "ran").out());
    Image.Result again = lockex("--once-per", "1h", "-i", "once", "--", "echo", "ran");
    assertEquals("", again.out());
    assertEquals(0, again.code());
  }

  @Test
  void a_lock_that_is_lost_ends_the_command() {
    Image.Running holder = hold("lost", "--session-timeout", "4s");
    Image.kill("STOP", server().pid());
    Image.Result result;
    try {
      result = holder.end();
    } finally {
      Image.kill("CONT", server().pid());
    }
    assertEquals(76, result.code());
    assertEquals(0, lockex("-i", "lost", "--", "true").code());
  }

  @Test
  void lockexctl_shows_and_breaks_locks() {
    Image.Running holder = hold("shown");
    Image.Result list = lockexctl("ls", "shown").end();
    assertEquals("", list.err());
    assertTrue(list.out().contains("shown  mutex  1"), list.out());
    Image.Result shown = lockexctl("show", "shown").end();
    assertTrue(shown.out().contains("exec sleep 60"), shown.out());
    assertEquals(75, lockexctl("wait", "--timeout", "0.5", "shown").end().code());
    Image.Running awaits = lockexctl("wait", "shown");
    Image.Result broken = lockexctl("break", "--yes", "shown").end();
    assertEquals(0, broken.code(), broken.err());
    assertEquals(76, holder.end().code());
    assertEquals(0, awaits.end().code());
  }

  @Test
  void lockexctl_tells_all_that_happens() throws IOException {
    Path told = folder.resolve("told");
    Image.Running watch =
        Image.startSh(server().hosts(), "exec lockexctl watch -p watched > " + told + " 2>&1");
    // The lock path is not there yet, unless the watch comes late.
    Image.Running first = hold("first", "-p", "watched");
    awaitLine(told, " first (acquired|holds) ");
    end(first);
    awaitLine(told, " first released ");
    Image.Running holder = hold("second", "-p", "watched", "-c", "2");
    awaitLine(told, " second acquired ");
    Image.Running other = hold("third", "-p", "watched");
    awaitLine(told, " third acquired ");
    Image.Running waiter =
        Image.startLockex(server().hosts(), "-p", "watched", "-i", "third", "--", "true");
    awaitLine(told, " third waits ");
    end(other);
    awaitLine(told, " third released ");
    assertEquals(0, waiter.end().code());
    end(holder);
    awaitLine(told, " second released ");
    watch.signal("TERM");
    watch.end();
    String all = Files.readString(told);
    Pattern one =
        Pattern.compile("\\S+ (first|second|third) (holds|acquired|waits|left|released) .*");
    assertEquals(List.of(), all.lines().filter(line -> !one.matcher(line).matches()).toList());
  }

  private static void awaitLine(Path file, String words) throws IOException {
    Pattern pattern = Pattern.compile(words);
    try {
      Poll.until(
          words, START, () -> Files.exists(file) && pattern.matcher(Files.readString(file)).find());
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + " in: " + Files.readString(file), e);
    }
  }

  @Test
  void lockexctl_lists_more_names_than_a_client_takes_unless_told() throws Exception {
    String name = "n".repeat(200) + "-";
    try (ZooKeeperTree tree = new ZooKeeperTree(server().hosts())) {
      tree.create("/long");
      for (int first = 0; first < 6000; first += 500) {
        List<Op> ops = new ArrayList<>();
        for (int i = first; i < first + 500; i++) {
          ops.add(
              Op.create(
                  "/long/" + name + i,
                  new byte[0],
                  ZooDefs.Ids.OPEN_ACL_UNSAFE,
                  CreateMode.PERSISTENT));
        }
        tree.client().multi(ops);
      }
    }
    Image.Result result = lockexctl("ls", "-p", "long", "*-5999").end();
    assertEquals("", result.err());
    assertEquals(0, result.code());
  }

  @Test
  void ping_says_that_locks_can_be_taken() {
    Image.Result result = lockexctl("ping").end();
    assertEquals("", result.err());
    assertTrue(result.out().contains("; locks can be taken"), result.out());
    assertEquals(
        !servesLockexd(),
        result.out().contains("lockexd cannot use these servers: it needs ZooKeeper 3.6"),
        result.out());
  }

  /** Whether it has what lockexd needs. */
  abstract boolean servesLockexd();

  @Test
  void lockexd_grants_locks_or_says_what_it_needs() throws Exception {
    if (servesLockexd()) {
      try (Lockexd gateway = new Lockexd("-z", server().hosts(), "-p", "gateway")) {
        assertEquals(201, gateway.acquire("a", 5, 60).statusCode());
        assertEquals(75, lockex("-n", "-p", "gateway", "-i", "a", "--", "true").code());
      }
    } else {
      Image.Result result = lockexd(server().hosts());
      assertEquals(69, result.code(), result.err());
      Image.assertOneLine(
          result,
          "lockexd: cannot watch the locks on " + server().hosts(),
          "too old, lockexd needs ZooKeeper 3.6");
    }
  }

  /** Runs lockexd until it ends. */
  static Image.Result lockexd(String hosts) {
    return Image.start(
            Map.of(),
            new byte[0],
            Image.with(Image.bin("lockexd"), "-z", hosts, "--listen", "127.0.0.1:0"))
        .end();
  }
}
