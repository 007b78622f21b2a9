package org.lockex.e2e;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;

/** Who held what when, by the one clock of this machine, and what was seen that must not be. */
final class SoakEvidence {
  /** In microseconds, both ends surely within what was held. */
  record Hold(String lock, String who, long token, long first, long last) {}

  private final Queue<Hold> holds = new ConcurrentLinkedQueue<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> counts = new ConcurrentSkipListMap<>();
  private final long began = Ticks.nowMicros();

  void held(Hold hold) {
    holds.add(hold);
  }

  void fault(String what) {
    faults.add("at %.3f s: %s".formatted((Ticks.nowMicros() - began) / 1e6, what));
  }

  void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  int counted(String what) {
    return counts.getOrDefault(what, 0);
  }

  Map<String, Integer> counts() {
    return counts;
  }

  /** The faults, and those that show only when all holds are seen together. */
  List<String> faults() {
    List<String> all = new ArrayList<>(faults);
    Map<String, List<Hold>> byLock = new TreeMap<>();
    for (Hold hold : holds) {
      byLock.computeIfAbsent(hold.lock(), lock -> new ArrayList<>()).add(hold);
    }
    for (List<Hold> of : byLock.values()) {
      of.sort(Comparator.comparingLong(Hold::first));
      Hold longest = of.getFirst();
      for (int i = 1; i < of.size(); i++) {
        Hold hold = of.get(i);
        if (hold.first() <= longest.last()) {
          all.add("two at once: " + told(longest) + " and " + told(hold));
        }
        if (hold.token() <= of.get(i - 1).token()) {
          all.add("token went back: " + told(of.get(i - 1)) + " and " + told(hold));
        }
        longest = hold.last() > longest.last() ? hold : longest;
      }
    }
    return all;
  }

  /** The shortest time from one hold to the next of the same lock, in microseconds. */
  long shortestPause() {
    Map<String, Long> last = new TreeMap<>();
    long shortest = Long.MAX_VALUE;
    for (Hold hold : holds.stream().sorted(Comparator.comparingLong(Hold::first)).toList()) {
      Long before = last.put(hold.lock(), hold.last());
      shortest = before == null ? shortest : Math.min(shortest, hold.first() - before);
    }
    return shortest;
  }

  private String told(Hold hold) {
    return "%s %s token %d from %.3f to %.3f s"
        .formatted(
            hold.lock(),
            hold.who(),
            hold.token(),
            (hold.first() - began) / 1e6,
            (hold.last() - began) / 1e6);
  }
}
