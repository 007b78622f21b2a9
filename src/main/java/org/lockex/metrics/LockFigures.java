package org.lockex.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One lock in figures, at one instant.
 *
 * @param id its name
 * @param readable whether we may see who is there; otherwise all that follows of them is nothing
 * @param holders how many hold it
 * @param waiters how many wait for it
 * @param held how long the one has it who has it longest; empty if nobody is known to
 * @param holder who that is, and with which command; empty if nobody holds it
 * @param oldestWait how long the one waits who waits longest; empty if nobody does
 * @param headroom how many numbers are left for those who come; empty if that is not known
 * @param runs what is remembered of its runs
 */
public record LockFigures(
    String id,
    boolean readable,
    int holders,
    int waiters,
    Optional<Duration> held,
    String holder,
    Optional<Duration> oldestWait,
    Optional<Long> headroom,
    RunFigures runs) {

  /**
   * What {@code --once-per} remembers.
   *
   * @param readable whether we may see it
   * @param succeeded when the last run that succeeded ended
   * @param exit the exit code of the last run
   * @param took how long the last run took
   */
  public record RunFigures(
      boolean readable,
      Optional<Instant> succeeded,
      Optional<Integer> exit,
      Optional<Duration> took) {}
}
