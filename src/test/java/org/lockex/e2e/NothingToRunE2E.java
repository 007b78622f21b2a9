package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

/** The lock is busy, or the run of the period has been: nothing is run, soon, and with a word. */
class NothingToRunE2E {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper(2000);

  @TempDir Path folder;

  private static Image.Result lockex(String... args) {
    return Image.lockex(server.hosts(), args);
  }

  /** Runs {@code body} while somebody holds the lock, one of as many as there may be. */
  private void whileHeld(String id, int concurrency, Runnable body) {
    Path held = folder.resolve(id + System.nanoTime());
    String command = "touch " + held + "; exec sleep 60";
    Image.Running holder =
        Image.startLockex(server.hosts(), "-i", id, "-c", "" + concurrency, "-s", "--", command);
    try {
      Poll.until("held", PATIENCE, () -> Files.exists(held));
      body.run();
    } finally {
      holder.signal("TERM");
      holder.end();
    }
  }

  /** Its output and errors on a terminal of its own. */
  private static String onTerminal(String command) {
    return Image.sh(server.hosts(), "script -qec '" + command + "' /dev/null </dev/null").out();
  }

  @Test
  void a_busy_lock_tells_who_holds_it_to_who_asks() {
    whileHeld(
        "asked",
        1,
        () -> {
          String words =
              "lockex: lock /lockex/asked: not acquired, held for \\d+\\.\\ds by \\S+:\\d+ \\(\\S+\\),"
                  + " which runs /bin/sh -c touch .*; exec sleep 60";
          for (String wait : List.of("-n", "-t1ms", "-t0.5")) {
            Image.Result result = lockex("-v", wait, "-i", "asked", "--", "true");
            assertEquals(75, result.code());
            assertTrue(result.err().lines().anyMatch(line -> line.matches(words)), result::err);
            assertFalse(result.err().contains("is free"), result::err);
            assertEquals("", lockex(wait, "-i", "asked", "--", "true").err());
          }
          String shown = onTerminal("lockex -n -i asked -- true");
          assertTrue(shown.strip().matches(words), shown);
          assertEquals("", onTerminal("lockex -q -n -i asked -- true"));
        });
    whileHeld(
        "ofmany",
        2,
        () -> {
          assertEquals(0, lockex("-n", "-c2", "-i", "ofmany", "--", "true").code());
          whileHeld(
              "ofmany",
              2,
              () -> {
                Image.Result result = lockex("-v", "-n", "-c2", "-i", "ofmany", "--", "true");
                assertEquals(75, result.code());
                assertTrue(result.err().contains(", one of 2, which runs "), result::err);
              });
        });
  }

  @Test
  void a_skipped_run_tells_whose_run_counted_to_who_asks() {
    String[] once = {"--once-per", "1h", "-i", "skipped", "--", "echo", "ran"};
    assertEquals("ran\n", lockex(once).out());
    assertEquals("", lockex(once).err());
    String words =
        "lockex: lock /lockex/skipped: nothing to do, the command ran \\d+\\.\\ds ago on"
            + " \\S+:\\d+ \\(\\S+\\), which ran echo ran";
    String shown = onTerminal("lockex --once-per 1h -i skipped -- echo ran");
    assertTrue(shown.strip().matches(words), shown);
    Image.Result told = lockex("-v", "--once-per", "1h", "-i", "skipped", "--", "echo", "ran");
    assertTrue(told.err().lines().anyMatch(line -> line.matches(words)), told::err);
  }

  @Test
  void a_free_lock_is_acquired_however_short_the_time_for_others_is() {
    for (int i = 0; i < 3; i++) {
      assertEquals(0, lockex("-t", "1ms", "-i", "free", "--", "true").code());
      assertEquals(0, lockex("-t", "1ms", "-c", "3", "-i", "free3", "--", "true").code());
      assertEquals(0, lockex("-t1ms", "--once-per", "1ms", "-i", "freeonce", "--", "true").code());
    }
    whileHeld(
        "short",
        1,
        () -> assertEquals(75, lockex("-t", "1ms", "-i", "short", "--", "true").code()));
    whileHeld(
        "short2",
        2,
        () -> {
          assertEquals(0, lockex("-t", "1ms", "-c2", "-i", "short2", "--", "true").code());
          whileHeld(
              "short2",
              2,
              () ->
                  assertEquals(
                      75, lockex("-t", "1ms", "-c2", "-i", "short2", "--", "true").code()));
        });
  }

  /** A server that lets clients in and says nothing more. */
  @Test
  void a_server_without_answers_is_69_after_the_time_to_connect() throws IOException {
    try (ServerSocket listening = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> letIn(listening));
      for (String wait : List.of("-n", "-t1ms")) {
        Image.Result result =
            Image.lockex(
                "127.0.0.1:" + listening.getLocalPort(), wait, "-T2", "-i", "mute", "--", "true");
        assertEquals(69, result.code(), result::err);
        Image.assertOneLine(result, "acquire on lock mute: ZooKeeper did not answer within 2s");
      }
    }
  }

  private static void letIn(ServerSocket listening) {
    try {
      while (true) {
        Socket socket = listening.accept();
        byte[] request = new byte[new DataInputStream(socket.getInputStream()).readInt()];
        socket.getInputStream().readNBytes(request, 0, request.length);
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(37);
        out.writeInt(0); // the version of the protocol
        out.writeInt(60_000); // the session timeout, ms
        out.writeLong(0x1234);
        out.writeInt(16); // the length of the session's password
        out.write(new byte[17]); // it, and: not read-only
        out.flush();
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  @Test
  void what_the_command_left_behind_is_told_to_who_asks() {
    String script = "sleep 77 & exit 3";
    Image.Result result = lockex("-v", "-i", "left", "-s", script);
    assertEquals(3, result.code());
    assertTrue(
        result.err().matches("(?s).*ending what the command left behind: \\d+ \\(sleep\\)\n.*"),
        result::err);
    assertEquals("", lockex("-i", "left", "-s", script).err());
    assertFalse(lockex("-v", "-i", "left", "--", "true").err().contains("left behind"));
  }
}
