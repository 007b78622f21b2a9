package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Programs;
import org.lockex.fixture.TestZooKeeper;

/** Signals to lockexd, which takes them without a thread for each. */
class LockexdSignalsE2E {
  private static final TestZooKeeper SERVER = new TestZooKeeper();

  private static final String SLOW_ENV =
      """
      #!/bin/sh
      case $* in
        *org.lockex.Lockexd*)
          : > FOLDER/starts
          while [ ! -e FOLDER/sent ]; do sleep 0.05; done
          ;;
      esac
      exec FOLDER/real-env "$@"
      """;

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  /** Its user may have no thread more. */
  private static void limit(LocalUser user, Lockexd lockexd) {
    Image.Result limited =
        user.start(Map.of(), List.of("prlimit", "--pid", "" + lockexd.pid(), "--nproc=1:1")).end();
    assertEquals(0, limited.code(), limited.err());
  }

  @Test
  void it_ends_in_order_where_no_thread_can_be_made() throws Exception {
    for (String signal : List.of("TERM", "INT")) {
      try (LocalUser user = LocalUser.make();
          Lockexd lockexd = new Lockexd(user, "-z", SERVER.hosts())) {
        assertEquals(201, lockexd.acquire(signal, 0, 60).statusCode());
        limit(user, lockexd);
        lockexd.signal(signal);
        assertEquals(0, lockexd.awaitEnd(), lockexd::said);
      }
    }
  }

  @Test
  void it_drains_where_no_thread_can_be_made() throws Exception {
    try (LocalUser user = LocalUser.make();
        Lockexd lockexd = new Lockexd(user, "-z", SERVER.hosts(), "--drain", "1s")) {
      limit(user, lockexd);
      lockexd.signal("USR1");
      assertEquals(0, lockexd.awaitEnd(), lockexd::said);
      assertTrue(lockexd.said().contains("drained by SIGUSR1"), lockexd::said);
    }
  }

  @Test
  void a_hangup_does_not_end_it_where_no_thread_can_be_made() throws Exception {
    try (LocalUser user = LocalUser.make();
        Lockexd lockexd = new Lockexd(user, "-z", SERVER.hosts())) {
      limit(user, lockexd);
      lockexd.signal("HUP");
      lockexd.signal("TERM"); // is taken after it, whatever comes first
      assertEquals(0, lockexd.awaitEnd(), lockexd::said);
      assertEquals("", lockexd.said());
    }
  }

  /** While env(1) is about to block it. */
  @Test
  void none_is_lost_before_it_waits_to_be_taken(@TempDir Path folder) throws Exception {
    Path real = Files.copy(Path.of("/usr/bin/env"), folder.resolve("real-env"));
    Path slow = Files.writeString(folder.resolve("env"), SLOW_ENV.replace("FOLDER", "" + folder));
    for (Path file : List.of(real, slow)) {
      assertTrue(file.toFile().setExecutable(true));
    }
    Programs.require("unshare");
    List<String> words =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount --bind " + slow + " /usr/bin/env; exec \"$@\"",
                "sh"));
    words.addAll(Image.with(Image.bin("lockexd"), "-z", "127.0.0.1:1", "-T", "1"));
    Image.Running lockexd = Image.start(Map.of(), new byte[0], words);
    Path starts = folder.resolve("starts");
    Poll.until("it starts", Duration.ofMinutes(1), () -> Files.exists(starts));
    lockexd.signal("TERM");
    Files.createFile(folder.resolve("sent"));
    Image.Result result = lockexd.end();
    assertEquals(143, result.code(), result::err);
  }

  @Test
  void it_ends_while_what_it_reads_at_its_start_does_not_come(@TempDir Path folder)
      throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", "-m", "600", "" + pipe).start().waitFor());
    for (String variable : List.of("LOCKEX_ZK_AUTH", "NONE")) {
      Image.Running lockexd =
          Image.start(
              Map.of(variable, "digest:" + pipe),
              new byte[0],
              Image.with(Image.bin("lockexd"), "--config", "" + pipe));
      Path name = Path.of("/proc/" + lockexd.pid() + "/comm");
      Poll.until("it starts", Duration.ofMinutes(1), () -> Files.readString(name).equals("java\n"));
      lockexd.signal("TERM");
      Image.Result result = lockexd.end();
      assertEquals(0, result.code(), result::err);
    }
  }

  @Test
  void nor_does_lockex_wait_for_it(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", "-m", "600", "" + pipe).start().waitFor());
    for (String signal : List.of("TERM", "INT")) {
      Image.Running lockex =
          Image.start(
              Map.of("LOCKEX_ZK_AUTH", "digest:" + pipe, "ZKHOSTS", SERVER.hosts()),
              new byte[0],
              Image.with(Image.bin("lockex"), "--zk-acl", "creator", "--", "true"));
      Path name = Path.of("/proc/" + lockex.pid() + "/comm");
      Poll.until("it starts", Duration.ofMinutes(1), () -> Files.readString(name).equals("java\n"));
      Thread.sleep(500);
      lockex.signal(signal);
      Image.Result result = lockex.end();
      assertEquals(signal.equals("TERM") ? 143 : 130, result.code(), result::err);
    }
  }

  /** As a shell without job control starts what it runs in the background, and nohup(1). */
  @Test
  void what_was_ignored_at_its_start_stays_so() throws Exception {
    try (Lockexd lockexd =
        new Lockexd(
            List.of("sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh"), "-z", SERVER.hosts())) {
      for (String signal : List.of("INT", "HUP", "INT")) {
        lockexd.signal(signal);
      }
      assertEquals(201, lockexd.acquire("ignored", 0, 60).statusCode());
      // One that ends answers for a while.
      Thread.sleep(1_000);
      assertTrue(lockexd.ready());
      assertEquals(0, lockexd.stop());
      assertEquals("", lockexd.said());
    }
  }

  @Test
  void it_says_what_its_threads_do() throws Exception {
    try (Lockexd lockexd = new Lockexd("-z", SERVER.hosts())) {
      lockexd.signal("QUIT");
      assertEquals(201, lockexd.acquire("quit", 0, 60).statusCode());
      assertEquals(0, lockexd.stop());
      String said = lockexd.said();
      for (String words :
          List.of(
              "lockexd: thread signals, RUNNABLE\n  at ",
              "lockexd: thread main, WAITING\n  at ",
              "org.lockex.gateway.LockexdProgram.serve(")) {
        assertTrue(said.contains(words), said);
      }
    }
  }
}
