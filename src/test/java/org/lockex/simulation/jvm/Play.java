package org.lockex.simulation.jvm;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that happens in virtual time, and is the same whenever its seed is. */
public interface Play {
  /**
   * How it went.
   *
   * @param failure what was wrong; null: nothing
   * @param nanos how long it took there
   * @param faults how many things went wrong on purpose
   * @param served how many commands ran
   * @param steps how much was done
   * @param digest the same for the same run
   * @param trace what happened last
   */
  record Outcome(
      @Nullable String failure,
      long nanos,
      int faults,
      int served,
      long steps,
      long digest,
      List<String> trace) {}

  /** Runs it once. */
  Outcome run(long seed);
}
