package org.lockex.gateway.lease;

/** A distribution of waiting times in steps of a fifth, from 10 microseconds on. */
final class WaitTimes {
  private static final int STEPS = 128;
  private static final double FIRST_NANOS = 10_000;
  private static final double RATIO = 1.2;

  private final int[] counts = new int[STEPS];
  private long all;

  void add(long nanos) {
    double steps = Math.log(Math.max(1, nanos / FIRST_NANOS)) / Math.log(RATIO);
    counts[(int) Math.min(STEPS - 1, steps)]++;
    all++;
  }

  /** This share of the times was at most so many nanoseconds; 0 where there are none. */
  long quantile(double share) {
    long left = (long) Math.ceil(all * share);
    for (int i = 0; i < STEPS && all > 0; i++) {
      left -= counts[i];
      if (left <= 0) {
        return (long) (FIRST_NANOS * Math.pow(RATIO, i + 1));
      }
    }
    return 0;
  }
}
