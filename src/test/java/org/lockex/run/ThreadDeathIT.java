package org.lockex.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thread of lockex dies: lockex ends with 70, and nothing of the command outlives the lock. */
class ThreadDeathIT {
  @TempDir Path folder;
  private TestingServer server;

  @BeforeEach
  void start() throws Exception {
    server = new TestingServer();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private record Result(int code, String err) {}

  /** Runs a shell script under the lock x, while the thread that tells of this event dies. */
  private Result run(String event, String script) throws Exception {
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Dfaulty=" + event,
                "-cp",
                System.getProperty("java.class.path"),
                FaultyRun.class.getName(),
                "-z",
                server.getConnectString(),
                "-i",
                "x",
                "-s",
                script)
            .directory(folder.toFile())
            .redirectError(err.toFile())
            .start();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it goes on");
    return new Result(process.exitValue(), Files.readString(err, UTF_8).strip());
  }

  /** The numbers of contenders whose session has not ended yet. */
  private int contenders() throws Exception {
    try (ZooKeeper client = new ZooKeeper(server.getConnectString(), 5_000, _ -> {})) {
      return client.exists("/lockex/x", false) == null
          ? 0
          : client.getChildren("/lockex/x", false).size();
    }
  }

  private long left() throws Exception {
    return Long.parseLong(Files.readString(folder.resolve("left")).strip());
  }

  private static void assertGone(long pid) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
      assertTrue(System.nanoTime() < end, "it lives");
      Thread.sleep(10);
    }
  }

  @Test
  void the_one_that_acquires_the_lock() throws Exception {
    Result result = run("Connected", "echo ran >ran");
    assertEquals(70, result.code(), result.err());
    assertEquals(
        "lockex: run on thread acquire: it died of java.lang.IllegalStateException: torn",
        result.err());
    assertFalse(Files.exists(folder.resolve("ran")));
  }

  @Test
  void the_one_that_reaps_the_command() throws Exception {
    Result result = run("OfCommand[event=Exited", "setsid sleep 8121 & echo $! >left; exit 0");
    assertEquals(70, result.code(), result.err());
    assertEquals(
        "lockex: run on thread lockex-reaper: it died of java.lang.IllegalStateException: torn",
        result.err());
    assertEquals(1, contenders(), "the lock was released without knowing that nothing is left");
    assertGone(left());
  }

  @Test
  void the_one_that_ends_what_the_command_left() throws Exception {
    Result result =
        run(
            "OfCommand[event=Ended",
            "setsid sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' & echo $! >left; exit 0");
    assertEquals(70, result.code(), result.err());
    assertTrue(result.err().startsWith("lockex: run on thread lockex-"), result.err());
    assertGone(left());
  }

  @Test
  void without_a_fault_all_is_well() throws Exception {
    assertEquals(new Result(3, ""), run("none", "exit 3"));
    assertEquals(0, contenders());
  }
}
