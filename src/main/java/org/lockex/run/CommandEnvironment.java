package org.lockex.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.lockex.lock.HeldLock;

/** The environment lockex was started with, and what it tells the command about the lock. */
final class CommandEnvironment {
  private CommandEnvironment() {}

  /**
   * Adds LOCKEX_ID, LOCKEX_PATH, LOCKEX_TOKEN, LOCKEX_SESSION and LOCKEX_WAITED_MS; those of an
   * outer lockex give way to them. Everything else stays as it is, in its order.
   *
   * @param waited from the connection to the acquisition
   */
  static List<byte[]> with(List<byte[]> environ, HeldLock lock, Duration waited) {
    List<byte[]> ours =
        List.of(
            entry("LOCKEX_ID", lock.id().value()),
            entry("LOCKEX_PATH", lock.path()),
            entry("LOCKEX_TOKEN", Long.toString(lock.token())),
            entry("LOCKEX_SESSION", lock.sessionId()),
            entry("LOCKEX_WAITED_MS", Long.toString(waited.toMillis())));
    List<byte[]> all = new ArrayList<>(environ.size() + ours.size());
    for (byte[] entry : environ) {
      if (!isReplaced(entry, ours)) {
        all.add(entry);
      }
    }
    all.addAll(ours);
    return all;
  }

  private static byte[] entry(String name, String value) {
    return (name + "=" + value).getBytes(UTF_8);
  }

  private static boolean isReplaced(byte[] entry, List<byte[]> ours) {
    for (byte[] own : ours) {
      if (sameName(entry, own)) {
        return true;
      }
    }
    return false;
  }

  private static boolean sameName(byte[] entry, byte[] own) {
    for (int i = 0; i < own.length; i++) {
      if (i == entry.length || entry[i] != own[i]) {
        return false;
      }
      if (own[i] == '=') {
        return true;
      }
    }
    return false;
  }
}
