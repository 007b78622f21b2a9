package org.lockex.gateway.status;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.lockex.gateway.lease.LeaseDirectory;
import org.lockex.gateway.lease.LeaseView;

/**
 * The locks of one page, out of however many there are.
 *
 * @param locks those on the page, in order
 * @param before how many stand before them
 * @param found how many there are that the reader wants to see
 * @param earlier with which name the page before begins, if there is one
 * @param later with which name the next page begins, if there is one
 */
record PageSelection(
    List<List<LeaseView>> locks,
    int before,
    int found,
    Optional<String> earlier,
    Optional<String> later) {
  static final int LOCKS = 100;

  /** How many locks are looked at in one step, which keeps grants waiting. */
  private static final int IN_A_STEP = 500;

  private static final CountingOrder ORDER = new CountingOrder();

  /** The page that {@code query} asks for, of the locks that are known now. */
  static PageSelection of(LeaseDirectory directory, PageQuery query) {
    if (query.lock().isPresent()) {
      List<List<LeaseView>> one = directory.contenders(List.of(query.lock().get().value()));
      return new PageSelection(one, 0, one.size(), Optional.empty(), Optional.empty());
    }
    List<String> names = directory.busyNames();
    Page page = page(query.narrows() ? narrowed(directory, query, names) : names, query.from());
    return new PageSelection(
        directory.contenders(page.names()),
        page.before(),
        page.found(),
        page.earlier(),
        page.later());
  }

  /** The names of a page, without what stands behind them. */
  record Page(
      List<String> names,
      int before,
      int found,
      Optional<String> earlier,
      Optional<String> later) {}

  private static List<String> narrowed(
      LeaseDirectory directory, PageQuery query, List<String> names) {
    Instant now = Instant.now();
    List<String> some = new ArrayList<>();
    for (int at = 0; at < names.size(); at += IN_A_STEP) {
      List<String> step = names.subList(at, Math.min(names.size(), at + IN_A_STEP));
      for (List<LeaseView> contenders : directory.contenders(step)) {
        if (query.takes(contenders, now)) {
          some.add(contenders.getFirst().lock().value());
        }
      }
    }
    return some;
  }

  /** The names from {@code from} on, with those around them; without sorting all. */
  static Page page(List<String> names, String from) {
    PriorityQueue<String> last = new PriorityQueue<>(ORDER);
    PriorityQueue<String> next = new PriorityQueue<>(ORDER.reversed());
    int before = 0;
    for (String name : names) {
      if (ORDER.compare(name, from) < 0) {
        before++;
        keep(last, name, LOCKS);
      } else {
        keep(next, name, LOCKS + 1);
      }
    }
    List<String> page = new ArrayList<>(next);
    page.sort(ORDER);
    Optional<String> later =
        page.size() > LOCKS ? Optional.of(page.removeLast()) : Optional.empty();
    // The first page begins with no name, so that what comes before the first one is seen, too.
    Optional<String> earlier =
        before == 0 ? Optional.empty() : Optional.of(before <= LOCKS ? "" : last.peek());
    return new Page(page, before, names.size(), earlier, later);
  }

  private static void keep(PriorityQueue<String> some, String name, int most) {
    some.add(name);
    if (some.size() > most) {
      some.poll();
    }
  }
}
