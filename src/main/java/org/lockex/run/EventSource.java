package org.lockex.run;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where what happens is waited for, by a clock. */
interface EventSource {
  /** A time that never comes. */
  long NEVER = Long.MAX_VALUE;

  /** Nanoseconds of the lease's clock. */
  long now();

  /** What has happened already, without waiting. */
  Optional<RunEvent> poll();

  /**
   * Waits for the next event.
   *
   * @param due until when, in the nanoseconds of {@link #now}, or {@link #NEVER}
   * @return null when that time has come
   */
  @Nullable RunEvent await(long due) throws InterruptedException;

  /** Adds one; callable from any thread. */
  void add(RunEvent event);
}
