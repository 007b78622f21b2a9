package org.lockex.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.lockex.lock.hold.HeldLock;

/** The environment lockex was started with, and what it tells the command about the lock. */
final class CommandEnvironment {
  private static final List<String> LOCK_VARIABLES =
      List.of("LOCKEX_ID", "LOCKEX_PATH", "LOCKEX_TOKEN", "LOCKEX_SESSION", "LOCKEX_WAITED_MS");

  private static final String GRACE = "LOCKEX_GRACE_MS";

  private final List<byte[]> inherited;

  /** Takes what lockex was started with, but for the variables of an outer lockex. */
  CommandEnvironment(List<byte[]> environ) {
    List<byte[]> kept = new ArrayList<>(environ.size());
    for (byte[] entry : environ) {
      if (!isOfLock(entry)) {
        kept.add(entry);
      }
    }
    inherited = kept;
  }

  /**
   * Adds LOCKEX_ID, LOCKEX_PATH, LOCKEX_TOKEN, LOCKEX_SESSION and LOCKEX_WAITED_MS. Everything else
   * stays as it is, in its order.
   *
   * @param waited from the connection to the acquisition
   */
  List<byte[]> with(HeldLock lock, Duration waited) {
    List<byte[]> all = new ArrayList<>(inherited.size() + LOCK_VARIABLES.size());
    all.addAll(inherited);
    List<String> values =
        List.of(
            lock.id().value(),
            lock.path(),
            Long.toString(lock.token()),
            lock.sessionId(),
            Long.toString(waited.toMillis()));
    for (int i = 0; i < LOCK_VARIABLES.size(); i++) {
      all.add((LOCK_VARIABLES.get(i) + "=" + values.get(i)).getBytes(UTF_8));
    }
    return all;
  }

  /**
   * Adds LOCKEX_GRACE_MS, for the command of {@code --on-lost}.
   *
   * @param environ what {@link #with} made
   * @param grace how long it may take
   */
  static List<byte[]> withGrace(List<byte[]> environ, Duration grace) {
    List<byte[]> all = new ArrayList<>(environ);
    all.add((GRACE + "=" + grace.toMillis()).getBytes(UTF_8));
    return all;
  }

  private static boolean isOfLock(byte[] entry) {
    for (String name : LOCK_VARIABLES) {
      if (isNamed(entry, name)) {
        return true;
      }
    }
    return isNamed(entry, GRACE);
  }

  private static boolean isNamed(byte[] entry, String name) {
    if (entry.length <= name.length() || entry[name.length()] != '=') {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (entry[i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
