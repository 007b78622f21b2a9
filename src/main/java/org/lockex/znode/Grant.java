package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.zookeeper.data.Stat;

/**
 * A lock granted by lockexd: a persistent node in the queue, which stays when its lockexd dies. Its
 * data is a contender's, with the members {@code lifetimeMillis} and {@code token} besides others.
 *
 * @param lifetime how long it is promised for, from its creation
 */
public record Grant(Duration lifetime) {
  // A quote within a JSON string has a backslash before it, so this is never part of a value.
  private static final Pattern LIFETIME = Pattern.compile("[{,]\"lifetimeMillis\":(\\d{1,18})[,}]");
  private static final Pattern TOKEN = Pattern.compile("[{,]\"token\":\\d");
  private static final int EPOCH_SHIFT = 32;

  /** Reads a node; empty if it is a waiter's, a command's, or a stranger's. */
  public static Optional<Grant> of(byte[] data, Stat stat) {
    if (stat.getEphemeralOwner() != 0) {
      return Optional.empty();
    }
    String json = new String(data, UTF_8);
    Matcher lifetime = LIFETIME.matcher(json);
    return lifetime.find() && TOKEN.matcher(json).find()
        ? Optional.of(new Grant(Duration.ofMillis(Long.parseLong(lifetime.group(1)))))
        : Optional.empty();
  }

  /**
   * How old a node certainly is, given a later one. Times of different leaders are not compared:
   * only if both were made in one epoch, which the upper half of a zxid is, did one process with
   * one clock write both times.
   */
  public static Duration age(Stat grant, Stat later) {
    boolean sameClock = grant.getCzxid() >> EPOCH_SHIFT == later.getCzxid() >> EPOCH_SHIFT;
    long millis = later.getCtime() - grant.getCtime();
    return sameClock && later.getCzxid() > grant.getCzxid() && millis > 0
        ? Duration.ofMillis(millis)
        : Duration.ZERO;
  }
}
