package org.lockex.simulation;

/**
 * One machine with its clocks. The monotonic one runs a little faster or slower than the true time;
 * the wall clock can be set.
 */
final class Host {
  /** Wall clocks begin at some time of the year 2026. */
  private static final long EPOCH_MILLIS = 1_790_000_000_000L;

  private final VirtualTime time;
  private final String name;
  private final double rate;
  private final long since;
  private long wallStep;

  /**
   * Its monotonic clock has some value of its own.
   *
   * @param rate how much its clocks advance in one true second, in seconds
   */
  Host(VirtualTime time, String name, double rate) {
    this.time = time;
    this.name = name;
    this.rate = rate;
    this.since = (name.hashCode() & 0xffffL) * VirtualTime.SECOND;
  }

  String name() {
    return name;
  }

  /** The monotonic clock. */
  long nanos() {
    return since + (long) (time.now() * rate);
  }

  /** True nanoseconds after which the monotonic clock has surely advanced by {@code nanos}. */
  long trueNanos(long nanos) {
    return nanos <= 0 ? 0 : (long) Math.ceil(nanos / rate) + 2;
  }

  /** The wall clock, in milliseconds since 1970. */
  long wallMillis() {
    return EPOCH_MILLIS + wallStep + (long) (time.now() * rate) / VirtualTime.MILLI;
  }

  /** Somebody sets the wall clock. */
  void stepWallClock(long millis) {
    wallStep += millis;
  }

  @Override
  public String toString() {
    return name;
  }
}
