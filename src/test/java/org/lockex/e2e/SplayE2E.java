package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

/** {@code --splay}: a wait before the connection, the same for a host and lock each time. */
class SplayE2E {
  private static final Pattern TOLD =
      Pattern.compile(
          "lockex: waiting ([\\d.]+)(m?s) before connecting: --splay, by the (machine-id|host name)");

  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper(2000);

  @TempDir Path folder;

  /** The wait that {@code -v} tells, in milliseconds. */
  private static double wait(String id) {
    Image.Result result =
        Image.lockex(server.hosts(), "-v", "--splay", "1s", "-i", id, "--", "true");
    assertEquals(0, result.code(), result::err);
    Matcher told = TOLD.matcher(result.err());
    assertTrue(told.find(), result::err);
    assertTrue(told.start() < result.err().indexOf("lockex: connected"), result::err);
    double millis = Double.parseDouble(told.group(1)) * (told.group(2).equals("s") ? 1000 : 1);
    assertTrue(millis < 1000, result::err);
    return millis;
  }

  @Test
  void is_the_same_each_time_and_another_for_another_lock() {
    double first = wait("a");
    assertEquals(first, wait("a"));
    assertNotEquals(first, wait("b"));
  }

  @Test
  void connects_to_nobody_until_it_is_over_and_a_signal_ends_it_at_once() throws IOException {
    Path err = folder.resolve("err");
    try (ServerSocket listening = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      String script =
          "exec lockex -v --splay 5000w -z 127.0.0.1:%d -i x -- true 2>%s"
              .formatted(listening.getLocalPort(), err);
      Image.Running waiting = Image.startSh("", script);
      try {
        Poll.until(
            "it waits",
            Duration.ofSeconds(30),
            () -> TOLD.matcher(Files.exists(err) ? Files.readString(err) : "").find());
      } finally {
        waiting.signal("TERM");
      }
      assertEquals(143, waiting.end().code());
      listening.setSoTimeout(1);
      assertThrows(SocketTimeoutException.class, listening::accept);
    }
  }

  @Test
  void zero_does_not_wait_and_says_nothing() {
    Image.Result result =
        Image.start(
                Map.of("ZKHOSTS", server.hosts()),
                new byte[0],
                List.of(Image.bin("lockex"), "-v", "--splay", "0", "-i", "c", "--", "true"))
            .end();
    assertEquals(0, result.code(), result::err);
    assertTrue(!result.err().contains("splay"), result::err);
  }
}
