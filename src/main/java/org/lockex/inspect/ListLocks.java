package org.lockex.inspect;

import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.lockex.cli.Stderr;
import org.lockex.cli.Terminals;
import org.lockex.inspect.text.Output;
import org.lockex.inspect.text.Table;
import org.lockex.lock.session.LockException;

/** {@code lockexctl ls}. */
record ListLocks(LockReader tree, Output out, Stderr stderr, boolean json) {
  /** On a terminal a longer name would push everything else out of sight. */
  static final int LONGEST_NAME = 40;

  private static final int LONGEST_COMMAND = 60;

  /**
   * Lists those that are wanted.
   *
   * @param all whether that is no choice, so that none is an answer and no mistake
   */
  int run(Predicate<String> wanted, boolean all)
      throws LockException, InterruptedException, IOException {
    Collection<LockState> locks = tree.list(wanted, false);
    locks.forEach(lock -> lock.warning().ifPresent(stderr::warning));
    if (locks.isEmpty() && !all) {
      return stderr.fail(
          Task.NOT_THERE, "ls below " + tree.root().path() + ": no lock has such a name");
    }
    if (json) {
      boolean grants =
          locks.stream().flatMap(one -> one.holders().stream()).anyMatch(Participant::isGrant);
      Optional<Instant> now = grants ? Optional.of(tree.clock().now()) : Optional.empty();
      for (LockState lock : locks) {
        out.line(JsonLine.of(lock, now).toString());
      }
    } else {
      out.text(
          table(
              locks,
              tree.clock().now(),
              Terminals.isTerminal(1) ? LONGEST_NAME : Integer.MAX_VALUE));
    }
    return 0;
  }

  /**
   * One row a lock; the column for last runs only where there are any.
   *
   * @param longest a lock's name is cut behind so many columns
   */
  static String table(Collection<LockState> locks, Instant now, int longest) {
    boolean runs = locks.stream().anyMatch(lock -> lock.lastRun().isPresent());
    Table table =
        runs
            ? new Table(
                "LOCK", "MODE", "HOLDERS", "WAITERS", "HOLDER", "HELD", "LAST RUN", "COMMAND")
            : new Table("LOCK", "MODE", "HOLDERS", "WAITERS", "HOLDER", "HELD", "COMMAND");
    for (LockState lock : locks) {
      List<Participant> holding = lock.holding(now);
      Optional<Participant> first = holding.stream().findFirst();
      String holder = first.map(Words::who).orElse("");
      String held = Words.age(first.flatMap(p -> p.held(now)));
      String command = Table.cut(first.map(Participant::command).orElse(""), LONGEST_COMMAND);
      String holders = lock.forbidden() ? "?" : Integer.toString(holding.size());
      String waiting = lock.forbidden() ? "?" : Integer.toString(lock.waiting());
      String id = Table.cut(lock.id(), longest);
      if (runs) {
        String run = Words.lastRun(lock.lastRun(), now);
        table.row(id, lock.kind(), holders, waiting, holder, held, run, command);
      } else {
        table.row(id, lock.kind(), holders, waiting, holder, held, command);
      }
    }
    return table.toString();
  }
}
