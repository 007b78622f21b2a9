package org.lockex.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * The time of a simulation: what is to happen, in its order. Nothing sleeps; the clock jumps to the
 * next event. Events of one instant happen in the order in which they were planned.
 */
final class VirtualTime {
  static final long MICRO = 1_000;
  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000_000_000;

  /** Something planned that can be called off. */
  interface Planned {
    void cancel();
  }

  private static final class Event implements Planned {
    private final long when;
    private final long number;
    private final Runnable what;
    private boolean cancelled;

    Event(long when, long number, Runnable what) {
      this.when = when;
      this.number = number;
      this.what = what;
    }

    long when() {
      return when;
    }

    long number() {
      return number;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::when).thenComparingLong(Event::number));
  private long now;
  private long numbers;

  /** True nanoseconds since the beginning. */
  long now() {
    return now;
  }

  Planned after(long nanos, Runnable what) {
    return at(now + Math.max(0, nanos), what);
  }

  Planned at(long when, Runnable what) {
    Event event = new Event(Math.max(now, when), numbers++, what);
    events.add(event);
    return event;
  }

  /** Makes the next event by {@code end} happen; false if there is none. */
  boolean step(long end) {
    while (!events.isEmpty() && events.peek().when <= end) {
      Event event = events.remove();
      if (!event.cancelled) {
        now = event.when;
        event.what.run();
        return true;
      }
    }
    now = Math.max(now, end);
    return false;
  }

  /** How many events were ever planned. */
  long events() {
    return numbers;
  }
}
