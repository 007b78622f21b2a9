package org.lockex.znode;

import java.util.Arrays;
import java.util.Optional;

/**
 * What the data of a lock's own node tells: how many may hold the lock at once. A mutex and a
 * semaphore on one path do not exclude each other, nor do semaphores of different sizes, so every
 * contender looks at this before and after it queues.
 *
 * @param concurrency at least 1; 1 is Curator's InterProcessMutex, more its InterProcessSemaphoreV2
 */
public record LockData(int concurrency) {
  private static final long FORMAT = 1;

  /**
   * Checks the concurrency.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public LockData {
    if (concurrency < 1) {
      throw new IllegalArgumentException("the concurrency must be at least 1");
    }
  }

  /** What stands in a lock's node. */
  public sealed interface Reading {
    /** Nothing: Curator made the node, or makes it again after the server removed it. */
    record Empty() implements Reading {}

    /**
     * A program of ours wrote how many may hold the lock.
     *
     * @param data a node's data as it was read, possibly empty
     */
    record Known(LockData data) implements Reading {}

    /** Another program's data. */
    record Strange() implements Reading {}
  }

  /** {@return whether only one may hold it} */
  public boolean isMutex() {
    return concurrency == 1;
  }

  /** {@return the mode, as it stands in the node} */
  public String mode() {
    return isMutex() ? "mutex" : "semaphore";
  }

  /** {@return the data of the lock's node} */
  public byte[] bytes() {
    return new JsonWriter()
        .number("format", FORMAT)
        .text("mode", mode())
        .number("concurrency", concurrency)
        .bytes();
  }

  /**
   * Whether a node's data tells just this; the same answer as {@link #read}, mostly sooner.
   *
   * @param data a node's data as it was read, possibly empty
   * @return whether it does
   */
  public boolean isIn(byte[] data) {
    return Arrays.equals(data, bytes())
        || (read(data) instanceof Reading.Known known && known.data().equals(this));
  }

  /**
   * Reads a lock node's data. Blanks, the order of the members and members that are not known here
   * do not matter. A mode that contradicts the concurrency is another program's.
   *
   * @param data a node's data as it was read, possibly empty
   * @return what it tells
   */
  public static Reading read(byte[] data) {
    if (data.length == 0) {
      return new Reading.Empty();
    }
    Optional<JsonObject> json = JsonObject.parse(data);
    if (json.isEmpty() || json.get().number("format").orElse(0L) != FORMAT) {
      return new Reading.Strange();
    }
    long concurrency = json.get().number("concurrency").orElse(0L);
    if (concurrency < 1 || concurrency > Integer.MAX_VALUE) {
      return new Reading.Strange();
    }
    LockData told = new LockData((int) concurrency);
    return json.get().text("mode").orElse("").equals(told.mode())
        ? new Reading.Known(told)
        : new Reading.Strange();
  }
}
