package org.lockex.inspect;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.lockex.inspect.text.WatchSearch;

/** The screen of {@code lockexctl watch} over all locks: what fits, the most pressing first. */
final class WatchScreen {
  /** The headings of the table, and the last line of the screen. */
  private static final int OTHER_LINES = 2;

  /**
   * The longest held first, then those that are waited for the longest, then the others by name.
   */
  private static Comparator<LockState> order(Instant now) {
    return Comparator.comparing((LockState lock) -> since(lock.holding(now), true))
        .thenComparing(lock -> since(lock.waiters(), false))
        .thenComparing(LockState::id);
  }

  private WatchScreen() {}

  private static Instant since(List<Participant> all, boolean holders) {
    Optional<Instant> first = Optional.empty();
    for (Participant one : all) {
      Instant since = holders ? one.acquired().orElseGet(one::since) : one.since();
      first = first.filter(at -> at.isBefore(since)).or(() -> Optional.of(since));
    }
    return first.orElse(Instant.MAX);
  }

  private static boolean finds(WatchSearch search, LockState lock) {
    return search.finds(lock.id())
        || lock.holders().stream()
            .anyMatch(who -> search.finds(Words.who(who)) || search.finds(who.command()));
  }

  /**
   * The lines to show.
   *
   * @param rows how many lines the terminal has
   */
  static String text(Collection<LockState> locks, Instant now, WatchSearch search, int rows) {
    List<LockState> found =
        locks.stream().filter(lock -> finds(search, lock)).sorted(order(now)).toList();
    List<LockState> shown =
        found.subList(0, Math.min(found.size(), Math.max(1, rows - OTHER_LINES)));
    String table = ListLocks.table(shown, now, ListLocks.LONGEST_NAME);
    int more = found.size() - shown.size();
    if (search.isOn()) {
      return table + search.line() + "   " + found.size() + " of " + locks.size() + " locks";
    }
    return more == 0 ? table : table + more + " more; / searches, q ends";
  }
}
