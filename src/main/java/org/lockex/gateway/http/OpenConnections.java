package org.lockex.gateway.http;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections are open on all ports: in all no more than leaves files for ourselves, and
 * of one address no more than are allowed.
 */
final class OpenConnections {
  /** For ZooKeeper, files that are read again, and whatever a library opens. */
  private static final int RESERVE = 200;

  /** Nobody wants to read more often that it is full. */
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String FILES = "Max open files";
  private static final Logger LOG = LoggerFactory.getLogger(OpenConnections.class);

  private final int most;
  private final int mostOfOne;
  private final PublicSide side;
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();
  private int open;

  /** Accepted, and not counted as open yet. */
  private int arriving;

  private boolean told;
  private long toldAt;

  /** At most {@code most} in all, and {@code mostOfOne} of an address that is no proxy's. */
  OpenConnections(int most, int mostOfOne, PublicSide side) {
    this.most = most;
    this.mostOfOne = mostOfOne;
    this.side = side;
  }

  /** How many this process can have, proc_pid_limits(5). */
  static int mostOfThisProcess() {
    try {
      List<String> lines = Files.readAllLines(LIMITS);
      for (String line : lines) {
        if (line.startsWith(FILES)) {
          String soft = line.substring(FILES.length()).strip().split(" +")[0];
          int files = soft.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(soft);
          return Math.max(files / 2, files - RESERVE);
        }
      }
    } catch (IOException | NumberFormatException e) {
      LOG.warn("cannot read {}: {}", LIMITS, e.toString());
    }
    return Integer.MAX_VALUE;
  }

  /** One more was accepted, or (-1) is now open or has failed. */
  synchronized void arriving(int more) {
    arriving += more;
  }

  /** One more of that address is open; whether it may stay. */
  synchronized boolean opened(InetAddress address) {
    open++;
    if (open >= most && (!told || System.nanoTime() - toldAt > PAUSE.toNanos())) {
      told = true;
      toldAt = System.nanoTime();
      LOG.warn(
          "{} connections, as many as open files allow (ulimit -n): others wait until one closes",
          open);
    }
    return byAddress.merge(address, 1, Integer::sum) <= mostOfOne || side.isTrusted(address);
  }

  /** One less. */
  synchronized void closed(InetAddress address) {
    open--;
    byAddress.computeIfPresent(address, (who, count) -> count == 1 ? null : count - 1);
  }

  /** Whether no more are to be accepted now. */
  synchronized boolean isFull() {
    return open + arriving >= most;
  }
}
