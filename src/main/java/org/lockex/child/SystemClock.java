package org.lockex.child;

import java.util.function.LongSupplier;

/** A clock that the kernel's timers know too, in nanoseconds from an arbitrary point. */
public enum SystemClock implements LongSupplier {
  /** Runs on while the machine sleeps: CLOCK_BOOTTIME, clock_gettime(2). */
  BOOTTIME(Libc.CLOCK_BOOTTIME),
  /** Stands still while the machine sleeps, for a server on the same machine: CLOCK_MONOTONIC. */
  MONOTONIC(Libc.CLOCK_MONOTONIC);

  final int id;

  SystemClock(int id) {
    this.id = id;
  }

  /** Nanoseconds now; comparable only with the same clock in the same boot. */
  @Override
  public long getAsLong() {
    return Libc.nanos(id);
  }
}
