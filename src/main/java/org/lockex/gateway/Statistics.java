package org.lockex.gateway;

import java.util.LinkedHashMap;
import java.util.Map;

/** What has happened since this lockexd started; used within a {@link Turn}. */
final class Statistics {
  private static final int MOST_LOCKS = 10_000;

  /** Hears of what is counted. */
  interface Listener {
    void granted(long waitedNanos);

    void expired();

    void timedOut();

    void released();
  }

  /** The counts of one lock. */
  static final class Counts {
    long grants;
    long timeouts;
    long expiries;
    long releases;

    Counts copy() {
      Counts copy = new Counts();
      copy.grants = grants;
      copy.timeouts = timeouts;
      copy.expiries = expiries;
      copy.releases = releases;
      return copy;
    }
  }

  private final Listener listener;
  private final Map<String, Counts> byLock =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Counts> eldest) {
          return size() > MOST_LOCKS;
        }
      };

  Statistics(Listener listener) {
    this.listener = listener;
  }

  /** The counts of a lock; to be copied before the turn ends. */
  Counts of(String lock) {
    return byLock.computeIfAbsent(lock, id -> new Counts());
  }

  void granted(String lock, long waitedNanos) {
    of(lock).grants++;
    listener.granted(waitedNanos);
  }

  void expired(String lock) {
    of(lock).expiries++;
    listener.expired();
  }

  void timedOut(String lock) {
    of(lock).timeouts++;
    listener.timedOut();
  }

  void released(String lock) {
    of(lock).releases++;
    listener.released();
  }
}
