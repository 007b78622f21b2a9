package org.lockex.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.lockex.inspect.text.Table;
import org.lockex.lock.session.LockException;
import org.lockex.metrics.LockFigures;
import org.lockex.znode.RunRecord;
import org.lockex.znode.SequenceNumbers;

/**
 * One lock as it was read.
 *
 * @param id its name
 * @param path its node, below the chroot
 * @param mode what kind of lock it is
 * @param concurrency how many may hold it at once; 0 if that is not known
 * @param holders in the order they came, with grants whose time is over
 * @param waiters in the order of the queue; only those that were asked for
 * @param waiting how many wait
 * @param others children that belong to no queue that lockex knows
 * @param lastRun what {@code --once-per} remembers
 * @param forbidden whether we may not read all of it: then nobody knows who holds or waits
 * @param runsForbidden whether we may not read what {@code --once-per} remembers
 * @param given how many sequence numbers its queue has used up
 */
record LockState(
    String id,
    String path,
    Mode mode,
    int concurrency,
    List<Participant> holders,
    List<Participant> waiters,
    int waiting,
    List<String> others,
    Optional<RunRecord> lastRun,
    boolean forbidden,
    boolean runsForbidden,
    long given) {

  private static final int LONGEST_COMMAND = 60;

  /** Kinds of locks. */
  enum Mode {
    /** Curator's InterProcessMutex. */
    MUTEX("mutex"),
    /** Curator's InterProcessSemaphoreV2. */
    SEMAPHORE("semaphore"),
    /** A node without data and contenders: nobody knows what it will be. */
    UNUSED("-"),
    /** Another program's node. */
    OTHER("other"),
    /** We may not look. */
    UNKNOWN("?"),
    /** There is no node: nobody holds or waits, and ZooKeeper has removed it. */
    ABSENT("-");

    private final String text;

    Mode(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** {@code mutex} or {@code semaphore 3}, and how many are there that are in no queue of ours. */
  String kind() {
    String kind =
        mode == Mode.SEMAPHORE && concurrency > 0 ? mode + " " + concurrency : mode.toString();
    return others.isEmpty() ? kind : kind + " +" + others.size() + " foreign";
  }

  /** What an administrator must know about it, if anything. */
  Optional<String> warning() {
    return given < SequenceNumbers.NEAR_END
        ? Optional.empty()
        : Optional.of(
            id
                + ": "
                + (SequenceNumbers.END - given)
                + " of its "
                + SequenceNumbers.END
                + " sequence numbers are left; they begin anew once nobody holds it or waits for"
                + " it, and whoever comes waits for that");
  }

  /**
   * Those of the holders whose time is not over, by the servers' clock. For people and monitoring
   * only: whoever decides who may hold the lock does not go by a clock that can be set.
   */
  List<Participant> holding(Instant now) {
    return holders.stream().filter(one -> !one.isOver(now)).toList();
  }

  /** The others. */
  List<Participant> over(Instant now) {
    return holders.stream().filter(one -> one.isOver(now)).toList();
  }

  /** In figures, at that time by the servers; its waiters have to have been asked for. */
  LockFigures figures(Instant now) {
    List<Participant> holding = holding(now);
    // Of another program's holder nothing is known but since when its node is there.
    Optional<Participant> longest =
        holding.stream().max(Comparator.comparing(one -> heldOrThere(one, now)));
    return new LockFigures(
        id,
        !forbidden,
        holding.size(),
        waiting,
        longest.filter(Participant::known).map(one -> heldOrThere(one, now)),
        longest.map(LockState::named).orElse(""),
        waiters.stream()
            .filter(Participant::known)
            .map(one -> one.age(now))
            .max(Comparator.naturalOrder()),
        forbidden ? Optional.empty() : Optional.of(SequenceNumbers.END - given),
        new LockFigures.RunFigures(
            !runsForbidden,
            lastRun.flatMap(RunRecord::succeeded),
            lastRun.flatMap(RunRecord::exit),
            lastRun.flatMap(RunRecord::took)));
  }

  private static Duration heldOrThere(Participant one, Instant now) {
    return one.held(now).orElse(one.who().isPresent() ? Duration.ZERO : one.age(now));
  }

  private static String named(Participant one) {
    return one.command().isEmpty()
        ? one.place()
        : one.place() + " (" + Table.cut(one.command(), LONGEST_COMMAND) + ")";
  }

  /** Whether there is anything of this name. */
  boolean isKnown() {
    return (mode != Mode.ABSENT && mode != Mode.OTHER) || lastRun.isPresent();
  }

  /**
   * Whether somebody who came now would get it at once. Of a stranger in the lock's folder nobody
   * knows what it stands for: it counts as somebody who may hold the lock.
   *
   * @throws LockException NOT_AUTHORISED where we may not look: that is not the same as free
   */
  boolean isFree() throws LockException {
    if (forbidden) {
      throw new LockException(
          LockException.Kind.NOT_AUTHORISED,
          "cannot read",
          path,
          "ZooKeeper does not authorise us to see who is there");
    }
    boolean lease =
        (mode == Mode.SEMAPHORE && concurrency > 0)
            ? holders.size() < concurrency
            : holders.isEmpty();
    return waiting == 0 && others.isEmpty() && lease;
  }
}
