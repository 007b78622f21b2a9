package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A server without container nodes: one line that says so, and 69. */
class TooOldServerE2E {
  @AutoClose
  private static final DebianZooKeeper server = ZooKeeperRelease.start(ZooKeeperRelease.TOO_OLD);

  private static void assertTooOld(Image.Result result, String... words) {
    assertEquals(69, result.code(), result.err());
    Image.assertOneLine(result, words);
  }

  private static Image.Result lockexctl(String... args) {
    return Image.start(
            Map.of("ZKHOSTS", server.hosts()),
            new byte[0],
            Image.with(Image.bin("lockexctl"), args))
        .end();
  }

  @Test
  void lockex_says_what_it_needs() {
    String words = "the server is too old, lockex needs ZooKeeper 3.5";
    assertTooOld(
        Image.lockex(server.hosts(), "-i", "x", "--", "true"),
        "lockex: cannot take the lock on /lockex/x: " + words);
    assertTooOld(Image.lockex(server.hosts(), "-c", "2", "--", "true"), words);
    assertTooOld(Image.lockex(server.hosts(), "-n", "--", "true"), words);
    assertTooOld(Image.lockex(server.hosts(), "--once-per", "1h", "--", "true"), words);
  }

  @Test
  void lockexctl_says_what_it_needs() {
    for (String[] words : new String[][] {{"ls"}, {"show", "x"}, {"watch"}, {"wait", "x"}}) {
      assertTooOld(lockexctl(words), "the server is too old, lockex needs ZooKeeper 3.5");
    }
  }

  @Test
  void ping_does_not_say_that_all_is_well() {
    Image.Result result = lockexctl("ping");
    assertTooOld(
        result,
        "lockexctl: cannot take locks on /lockex: the server is too old, lockex needs ZooKeeper"
            + " 3.5");
    assertTrue(result.out().contains("ZooKeeper 3.4.14"), result.out());
  }

  @Test
  void lockexd_says_what_it_needs() {
    assertTooOld(
        ServesLocks.lockexd(server.hosts()), "the server is too old, lockexd needs ZooKeeper 3.6");
  }
}
