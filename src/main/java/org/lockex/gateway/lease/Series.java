package org.lockex.gateway.lease;

import java.util.concurrent.TimeUnit;

/** How often something happened in each ten seconds of the last ten minutes. */
public final class Series {
  private static final int SLOTS = 60;
  private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final int[] counts = new int[SLOTS];
  private long slot;

  /** Nothing has happened yet. */
  Series(long nanos) {
    slot = nanos / SLOT_NANOS;
  }

  /** It happened; {@code nanos} is of one monotonic clock and never less than before. */
  void count(long nanos) {
    advance(nanos);
    counts[(int) (slot % SLOTS)]++;
  }

  /** The counts, the oldest first. */
  int[] until(long nanos) {
    advance(nanos);
    int[] ordered = new int[SLOTS];
    for (int i = 0; i < SLOTS; i++) {
      ordered[i] = counts[(int) ((slot + 1 + i) % SLOTS)];
    }
    return ordered;
  }

  private void advance(long nanos) {
    long now = nanos / SLOT_NANOS;
    slot = Math.max(slot, now - SLOTS);
    while (slot < now) {
      slot++;
      counts[(int) (slot % SLOTS)] = 0;
    }
  }
}
