package org.lockex.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.lockex.cli.DurationText;
import org.lockex.cli.Stderr;
import org.lockex.local.MachineId;
import org.lockex.znode.Contender;

/**
 * The wait before the connection ({@code --splay}), so that a thousand hosts whose clocks say the
 * same do not come to ZooKeeper in the same second. It is no random time: each host keeps its turn
 * from run to run.
 *
 * @param host the machine-id, or the host name of a machine that has none
 * @param by which of them that is, for people
 */
record Splay(String host, String by) {
  static Splay ofThisMachine() {
    Optional<String> machine;
    try {
      machine = MachineId.read();
    } catch (IOException e) {
      machine = Optional.empty(); // the name tells hosts apart as well
    }
    return machine.isPresent()
        ? new Splay(machine.get(), "machine-id")
        : new Splay(Contender.hostname(), "host name");
  }

  /**
   * How long to wait: as evenly spread over hosts and locks as a digest is.
   *
   * @param below more than this wait is, unless it is zero
   * @param lock the path of its node
   */
  Duration of(Duration below, String lock) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
    byte[] hash = digest.digest((host + '\0' + lock).getBytes(UTF_8));
    long share = 0; // in units of 2^-64
    for (int i = 0; i < Long.BYTES; i++) {
      share = (share << Byte.SIZE) | (hash[i] & 0xff);
    }
    return Duration.ofNanos(Math.unsignedMultiplyHigh(share, below.toNanos()));
  }

  /**
   * Waits so long; a signal has its default effect meanwhile.
   *
   * @param below the value of {@code --splay}
   * @return what ends the run; empty: it goes on
   */
  Optional<RunOutcome> await(
      Duration below, String lock, BlockingQueue<RunEvent> events, Stderr stderr)
      throws InterruptedException {
    Duration wait = of(below, lock);
    stderr.detail(
        () -> "waiting " + DurationText.of(wait) + " before connecting: --splay, by the " + by);
    return await(wait, events);
  }

  private static Optional<RunOutcome> await(Duration wait, BlockingQueue<RunEvent> events)
      throws InterruptedException {
    long end = System.nanoTime() + wait.toNanos();
    List<RunEvent> later = new ArrayList<>();
    Optional<RunOutcome> outcome = Optional.empty();
    boolean over = false;
    while (!over && outcome.isEmpty()) {
      RunEvent event = events.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event == null) {
        over = true;
      } else if (event instanceof RunEvent.Signalled(int signal)) {
        outcome = LockWait.effect(signal, events);
      } else {
        later.add(event);
        over = event instanceof RunEvent.Defect; // is told at once by who waits next
      }
    }
    events.addAll(later);
    return outcome;
  }
}
