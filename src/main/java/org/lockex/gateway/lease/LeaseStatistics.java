package org.lockex.gateway.lease;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.lockex.gateway.async.SerialExecutor;

/** What has happened since this lockexd started; used within a {@link SerialExecutor}. */
public final class LeaseStatistics {
  private static final int MOST_LOCKS = 10_000;

  /** Hears of what is counted. */
  public interface LeaseListener {
    /**
     * A request got its lock after so long.
     *
     * @param waitedNanos from the request to the grant
     */
    void granted(long waitedNanos);

    /** A request did not get its lock at once. */
    void waits();

    /** The lifetime of a grant is over. */
    void expired();

    /** A request waited for as long as it wanted to. */
    void timedOut();

    /** A grant was released. */
    void released();

    /**
     * A request was refused.
     *
     * @param limit that is reached
     */
    void refused(LeaseLimits.Reached limit);
  }

  /**
   * What people see of it.
   *
   * @param grants leases granted
   * @param waits requests that did not get the lock at once
   * @param timeouts waits that ended without a grant
   * @param expiries grants whose lifetime ended
   * @param releases grants that were released
   * @param recentGrants as {@link Series#until}
   * @param p50Nanos half of the grants were waited for no longer than this
   * @param p95Nanos 95 of 100 grants were
   */
  public record LeaseCounts(
      long grants,
      long waits,
      long timeouts,
      long expiries,
      long releases,
      int[] recentGrants,
      long p50Nanos,
      long p95Nanos) {}

  /** A distribution of waiting times in steps of a fifth, from 10 microseconds on. */
  private static final class WaitTimes {
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

  private final class Counts {
    final Series recent = new Series(nanoTime.getAsLong());
    final WaitTimes waited = new WaitTimes();
    long grants;
    long waits;
    long timeouts;
    long expiries;
    long releases;

    LeaseCounts summary() {
      return new LeaseCounts(
          grants,
          waits,
          timeouts,
          expiries,
          releases,
          recent.until(nanoTime.getAsLong()),
          waited.quantile(0.5),
          waited.quantile(0.95));
    }
  }

  private final LeaseListener listener;
  private final LongSupplier nanoTime;
  private final Counts all;
  private final Map<String, Counts> byLock =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Counts> eldest) {
          return size() > MOST_LOCKS;
        }
      };

  /** Counts from now on, by the monotonic clock {@code nanoTime}; {@code listener} hears of it. */
  LeaseStatistics(LongSupplier nanoTime, LeaseListener listener) {
    this.nanoTime = nanoTime;
    this.listener = listener;
    this.all = new Counts();
  }

  /** {@return of all locks together} */
  public LeaseCounts all() {
    return all.summary();
  }

  /**
   * {@return of one lock}
   *
   * @param lock the lock's name
   */
  public LeaseCounts of(String lock) {
    return counts(lock).summary();
  }

  private Counts counts(String lock) {
    return byLock.computeIfAbsent(lock, id -> new Counts());
  }

  void granted(String lock, long waitedNanos) {
    long now = nanoTime.getAsLong();
    for (Counts counts : new Counts[] {all, counts(lock)}) {
      counts.grants++;
      counts.recent.count(now);
      counts.waited.add(waitedNanos);
    }
    listener.granted(waitedNanos);
  }

  void waits(String lock) {
    all.waits++;
    counts(lock).waits++;
    listener.waits();
  }

  void expired(String lock) {
    all.expiries++;
    counts(lock).expiries++;
    listener.expired();
  }

  void timedOut(String lock) {
    all.timeouts++;
    counts(lock).timeouts++;
    listener.timedOut();
  }

  void released(String lock) {
    all.releases++;
    counts(lock).releases++;
    listener.released();
  }

  void refused(LeaseLimits.Reached limit) {
    listener.refused(limit);
  }
}
