package org.lockex.inspect;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.lockex.cli.Stderr;
import org.lockex.inspect.text.Output;
import org.lockex.inspect.text.Table;
import org.lockex.lock.session.LockException;
import org.lockex.znode.Contender;
import org.lockex.znode.HoldHandle;
import org.lockex.znode.LockId;

/** {@code lockexctl show}. */
record ShowLock(LockReader tree, Output out, Stderr stderr, boolean json) {

  int run(LockId id) throws LockException, InterruptedException, IOException {
    LockState lock = tree.read(id);
    lock.warning().ifPresent(stderr::warning);
    if (!lock.isKnown()) {
      return stderr.fail(Task.NOT_THERE, missing("show", lock));
    }
    if (json) {
      boolean timed =
          lock.holders().stream().anyMatch(one -> one.isGrant() || one.data().maxRun().isPresent());
      Optional<Instant> now = timed ? Optional.of(tree.clock().now()) : Optional.empty();
      out.line(JsonLine.ofAll(lock, now).toString());
    } else {
      out.text(text(lock, tree.clock().now()));
    }
    return 0;
  }

  /** Why there is nothing to do on a lock that is not known. */
  static String missing(String what, LockState lock) {
    return what
        + " on lock "
        + lock.path()
        + (lock.mode() == LockState.Mode.OTHER
            ? ": the node there is no lock"
            : ": there is no such lock");
  }

  static String text(LockState lock, Instant now) {
    StringBuilder text = new StringBuilder(Table.printable(lock.id())).append(": ");
    text.append(lock.mode() == LockState.Mode.ABSENT ? "not in use" : lock.kind());
    if (lock.forbidden()) {
      text.append(", who holds or waits is unknown: ZooKeeper does not authorise us\n");
    } else {
      text.append(", ").append(count(lock.holding(now).size(), "holder"));
      text.append(", ").append(lock.waiting()).append(" waiting\n");
    }
    String run = Words.lastRun(lock.lastRun(), now);
    if (!run.isEmpty()) {
      text.append("last run: ").append(Table.printable(run)).append('\n');
    }
    if (!lock.others().isEmpty()) {
      text.append("also there, of other programs: ");
      text.append(Table.printable(String.join(" ", lock.others()))).append('\n');
    }
    for (Participant holder : lock.holders()) {
      holder
          .asked()
          .ifPresent(asked ->
              text.append(holder.place())
                  .append(" was asked to end by ")
                  .append(Table.printable(asked.by()))
                  .append('\n'));
      holder
          .maxRunLeft(now)
          .ifPresent(left ->
              text.append(holder.place()).append(' ').append(Words.maxRun(left)).append('\n'));
    }
    lock.holders().stream()
        .filter(holder -> holder.handle().isPresent())
        .map(holder -> hold(holder, now))
        .distinct()
        .forEach(text::append);
    if (!lock.holders().isEmpty() || !lock.waiters().isEmpty()) {
      text.append(participants(lock.holders(), lock.waiters(), now));
    }
    return text.toString();
  }

  /** Holders and waiters, each numbered from 1. */
  static String participants(List<Participant> holders, List<Participant> waiters, Instant now) {
    Table table = new Table("#", "STATE", "WHO", "SINCE", "HELD", "SESSION", "TOKEN", "COMMAND");
    rows(table, "holds", holders, now);
    rows(table, "waits", waiters, now);
    return table.toString();
  }

  /** With all leases of a semaphore it is one. */
  private static String hold(Participant holder, Instant now) {
    String words =
        (holder.isOver(now) ? "over: " : "")
            + holder.command()
            + ", by "
            + holder.user()
            + "@"
            + holder.who().map(Contender::host).orElse("?")
            + "; handle "
            + holder.handle().map(HoldHandle::toString).orElse("");
    return Table.printable(words) + "\n";
  }

  private static void rows(Table table, String state, List<Participant> all, Instant now) {
    int number = 0;
    for (Participant one : all) {
      boolean over = one.isOver(now);
      table.row(
          Integer.toString(++number),
          over ? "over" : state,
          Words.who(one),
          one.known() ? Words.time(one.since()) : "",
          over ? "" : Words.age(one.held(now)),
          one.lasts(now),
          one.known() ? Long.toString(one.token()) : "",
          one.command());
    }
  }

  private static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}
