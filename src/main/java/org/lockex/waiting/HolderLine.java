package org.lockex.waiting;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.lockex.cli.Ages;
import org.lockex.cli.ClockTime;
import org.lockex.lock.queue.HolderQuery;
import org.lockex.lock.queue.LockRequest;
import org.lockex.lock.queue.QueuePosition;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.Contender;
import org.lockex.znode.Grant;

/** Who has the lock that was not acquired in time, for those who ask why nothing was run. */
public final class HolderLine {
  /** Whoever does not wait for a lock does not wait for an explanation either. */
  private static final Duration ANSWER = Duration.ofMillis(500);

  private HolderLine() {}

  /**
   * Which lock, who holds it, since when, and what it runs; asks ZooKeeper.
   *
   * @param request which lock was wanted
   * @param session by which to ask
   * @return one clause
   */
  public static String of(LockRequest request, ZooKeeperSession session) {
    StringBuilder words =
        new StringBuilder("lock ")
            .append(request.root().pathOf(request.id()))
            .append(": not acquired");
    Optional<QueuePosition> standing = HolderQuery.ask(session, request, ANSWER);
    Optional<Grant> hold = standing.flatMap(QueuePosition::hold);
    if (hold.isPresent()) {
      words.append(", ").append(held(hold.get(), standing.get().holder()));
      return request.concurrency() > 1
          ? words.append(", one of ").append(request.concurrency()).toString()
          : words.toString();
    }
    standing
        .flatMap(QueuePosition::since)
        .ifPresent(since -> held(words, since, standing.get().holder(), request.concurrency()));
    return words.toString();
  }

  private static void held(
      StringBuilder words, Instant since, Optional<Contender> holder, int concurrency) {
    words.append(", held for ").append(Ages.of(Duration.between(since, Instant.now())));
    words.append(" by ").append(holder.map(HolderLine::place).orElse("another program"));
    if (concurrency > 1) {
      words.append(", one of ").append(concurrency);
    }
    holder
        .map(Contender::command)
        .filter(command -> !command.isEmpty())
        .ifPresent(command -> words.append(", which runs ").append(command));
  }

  /** Until when, why and by whom {@code lockexctl hold} holds it. */
  static String held(Grant hold, Optional<Contender> who) {
    return hold.terms().heldFor(ClockTime.of(hold.endsAt()))
        + ", by "
        + who.map(HolderLine::maker).orElse("somebody who does not tell");
  }

  /** The process is gone. */
  private static String maker(Contender who) {
    return who.isHidden() ? "somebody who does not tell" : who.user() + "@" + who.host();
  }

  /**
   * A contender in few words.
   *
   * @param who the contender
   * @return its host, process and user, as far as they are told
   */
  public static String place(Contender who) {
    return who.isHidden()
        ? "somebody who does not tell"
        : who.host() + ":" + who.pid() + " (" + who.user() + ")";
  }
}
