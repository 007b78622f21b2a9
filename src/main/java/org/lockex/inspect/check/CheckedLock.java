package org.lockex.inspect.check;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.lockex.cli.Ages;
import org.lockex.cli.lockexctl.CheckLimits;
import org.lockex.inspect.text.Table;
import org.lockex.metrics.LockFigures;

/**
 * One lock and what is to be said of it.
 *
 * @param figures the lock
 * @param status how it is
 * @param age how long ago the last run was that succeeded; empty if none is remembered
 */
record CheckedLock(LockFigures figures, CheckStatus status, Optional<Duration> age) {
  /** From here on somebody should look after the numbers of the lock's queue. */
  private static final long LOW = 1_000_000;

  static CheckedLock of(
      LockFigures figures, CheckLimits critical, CheckLimits warning, Instant now) {
    Optional<Duration> age =
        figures.runs().succeeded().map(at -> Ages.notNegative(Duration.between(at, now)));
    CheckStatus status =
        figures.headroom().filter(left -> left < LOW).isPresent()
            ? CheckStatus.WARNING
            : CheckStatus.OK;
    if (!figures.readable()) {
      status = CheckStatus.UNKNOWN;
    }
    status = status.orWorse(exceeds(figures, age, warning, CheckStatus.WARNING));
    return new CheckedLock(
        figures, status.orWorse(exceeds(figures, age, critical, CheckStatus.CRITICAL)), age);
  }

  private static CheckStatus exceeds(
      LockFigures figures, Optional<Duration> age, CheckLimits limits, CheckStatus then) {
    if (exceeds(figures.held(), limits.held()) || exceeds(figures.oldestWait(), limits.waited())) {
      return then;
    }
    if (limits.age().isEmpty()) {
      return CheckStatus.OK;
    }
    if (!figures.runs().readable()) {
      return CheckStatus.UNKNOWN;
    }
    // What never succeeded is late, however long one may wait for it: nobody knows since when.
    return age.isEmpty()
        ? CheckStatus.CRITICAL
        : exceeds(age, limits.age()) ? then : CheckStatus.OK;
  }

  private static boolean exceeds(Optional<Duration> is, Optional<Duration> most) {
    return is.isPresent() && most.isPresent() && is.get().compareTo(most.get()) > 0;
  }

  /** One clause, without what ends the words of a plugin. */
  String words(boolean withAge) {
    StringBuilder words = new StringBuilder(figures.id());
    if (!figures.readable()) {
      words.append(" cannot be read: ZooKeeper does not authorise us");
    } else if (figures.holders() == 0) {
      words.append(" free");
    } else {
      words.append(" held");
      figures.held().ifPresent(held -> words.append(' ').append(Ages.of(held)));
      words.append(" by ").append(figures.holder());
    }
    if (figures.waiters() > 0) {
      words.append(", ").append(figures.waiters()).append(" waiting");
      figures.oldestWait().ifPresent(wait -> words.append(" up to ").append(Ages.of(wait)));
    }
    figures
        .headroom()
        .filter(left -> left < LOW)
        .ifPresent(left -> words.append(", ").append(left).append(" sequence numbers left"));
    if (withAge) {
      words.append(
          !figures.runs().readable()
              ? ", its runs cannot be read"
              : age.map(ago -> ", last success " + Ages.of(ago) + " ago")
                  .orElse(", no success remembered"));
    }
    return Table.printable(words.toString()).replace('|', '/');
  }
}
