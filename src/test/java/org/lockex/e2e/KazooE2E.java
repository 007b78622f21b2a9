package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Programs;
import org.lockex.fixture.TestZooKeeper;

/** Real locks of kazoo, the library that the Python lockex takes its locks with, at our nodes. */
class KazooE2E {
  private static final String PROGRAM =
      """
      import sys
      from kazoo.client import KazooClient
      client = KazooClient(hosts=sys.argv[1])
      client.start()
      print("ready", flush=True)
      sys.stdin.readline()
      eval(sys.argv[2]).acquire()
      print("held", flush=True)
      sys.stdin.read()
      client.stop()
      """;

  @AutoClose private static final TestZooKeeper server = new TestZooKeeper();

  /** A program that takes a lock of kazoo's when it is told to, and holds it until it is closed. */
  private record Kazoo(Process process, BufferedReader out) implements AutoCloseable {
    static Kazoo ready(String lock) throws IOException {
      Programs.require(Programs.PYTHON_KAZOO);
      Process process =
          new ProcessBuilder("/usr/bin/python3", "-c", PROGRAM, server.hosts(), lock)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      Kazoo kazoo = new Kazoo(process, process.inputReader());
      assertEquals("ready", kazoo.out.readLine());
      return kazoo;
    }

    void acquire() throws IOException {
      process.outputWriter().append('\n').flush();
      assertEquals("held", out.readLine());
    }

    @Override
    public void close() throws IOException, InterruptedException {
      process.outputWriter().close();
      assertEquals(0, process.waitFor());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "client.Lock('/lockex/ID', 'me')",
        "client.Semaphore('/lockex/ID', 'me', max_leases=2)",
        "client.ReadLock('/lockex/ID', 'me')",
        "client.WriteLock('/lockex/ID', 'me')"
      })
  void is_refused_and_named_while_it_is_there(String lock) throws Exception {
    String id = lock.substring(lock.indexOf('.') + 1, lock.indexOf('('));
    try (Kazoo kazoo = Kazoo.ready(lock.replace("ID", id))) {
      kazoo.acquire();
      for (String concurrency : List.of("1", "2")) {
        Image.Result refused =
            Image.lockex(server.hosts(), "-n", "-i", id, "-c", concurrency, "--", "echo", "ran");
        assertEquals(78, refused.code(), refused.err());
        assertEquals("", refused.out());
        Image.assertOneLine(refused, "the lock is in use by", "kazoo", "delete that node");
      }
      Image.Result listed =
          Image.start(
                  Map.of("ZKHOSTS", server.hosts()),
                  new byte[0],
                  Image.with(Image.bin("lockexctl"), "ls", id))
              .end();
      assertTrue(listed.out().contains("foreign"), listed.out());
    }
    Poll.until(
        "kazoo has gone",
        () ->
            Image.lockex(server.hosts(), "-n", "-i", id, "--", "echo", "ran")
                .out()
                .equals("ran\n"));
  }

  @Test
  void is_told_when_it_comes_while_the_command_runs(@TempDir Path folder) throws Exception {
    Path said = folder.resolve("said");
    try (Kazoo kazoo = Kazoo.ready("client.Lock('/lockex/late', 'me')")) {
      Image.Running holder =
          Image.startSh(
              server.hosts(),
              "exec lockex -i late -- sh -c 'echo runs >&2; exec sleep 90' 2>" + said);
      Poll.until("it runs", () -> Files.readString(said).equals("runs\n"));
      kazoo.acquire();
      Poll.until("it is told", () -> Files.readAllLines(said).size() == 2);
      String line = Files.readAllLines(said).getLast();
      assertTrue(line.contains("kazoo"), line);
      assertTrue(line.contains("has come to it"), line);
      holder.signal("TERM");
      assertEquals(143, holder.end().code());
    }
  }
}
