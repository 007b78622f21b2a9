package org.lockex.child;

/** The C library: the only file that leaves Java. */
final class Libc {
  /** errno.h: asm-generic/errno-base.h. */
  static final int ENOENT = 2;

  /** linux/time.h. */
  static final int CLOCK_MONOTONIC = 1;

  /** linux/time.h. */
  static final int CLOCK_BOOTTIME = 7;

  private Libc() {}
}
