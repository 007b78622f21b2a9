package org.lockex.simulation.jvm;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time. One thread runs all that happens, one thing after the other: first whatever the
 * simulated processes can do without waiting, then the next event that is due. What may happen in
 * another order does so by the seed.
 */
public final class World {
  /** Whoever does more at one instant has lost its way. */
  private static final int MOST_STEPS_AT_ONCE = 200_000;

  private final Random random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<SimulatedJvm> jvms = new ArrayList<>();
  private final Trace trace;
  private Link.Network network =
      (from, to, wake) -> {
        throw new IllegalStateException("no network");
      };
  private long now;
  private long order;
  private long steps;
  private @Nullable String failure;

  /** Something that happens at an instant, unless it is called off. */
  public static final class Event implements Comparable<Event> {
    private final long at;
    private final long order;
    private final Runnable what;
    private boolean off;

    private Event(long at, long order, Runnable what) {
      this.at = at;
      this.order = order;
      this.what = what;
    }

    /** It does not happen. */
    public void cancel() {
      off = true;
    }

    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  /** The world of a seed. */
  public World(long seed, boolean verbose) {
    random = new Random(seed);
    trace = new Trace(verbose);
  }

  /** Nanoseconds since its beginning. */
  public long now() {
    return now;
  }

  public Random random() {
    return random;
  }

  /** A duration between two, in nanoseconds. */
  public long between(long least, long most) {
    return least + (long) (random.nextDouble() * (most - least));
  }

  public boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** The rate of a clock, 1 being that of the world: often as far from it as there may be. */
  public double rate(double drift) {
    double off = 2 * random.nextDouble() - 1;
    return 1 + drift * (chance(0.5) ? Math.signum(off) : off);
  }

  /** Lets something happen later. */
  public Event after(long nanos, Runnable what) {
    return at(now + Math.max(0, nanos), what);
  }

  public Event at(long when, Runnable what) {
    Event event = new Event(Math.max(now, when), order++, what);
    events.add(event);
    return event;
  }

  public Trace trace() {
    return trace;
  }

  /** Keeps what happened for whoever has to understand it. */
  public void note(String what) {
    trace.add(now, what);
  }

  /** How much has been done: events and stretches of threads. */
  public long steps() {
    return steps;
  }

  /** What its processes connect to. */
  public void connect(Link.Network servers) {
    network = servers;
  }

  public Link.Network network() {
    return network;
  }

  /** Something is wrong, found where nobody would hear an exception. */
  void fail(String what) {
    failure = what;
  }

  void add(SimulatedJvm jvm) {
    jvms.add(jvm);
  }

  /** Lets time pass until an instant. */
  public void runUntil(long end) {
    while (true) {
      exhaust();
      if (failure != null) {
        throw new IllegalStateException(failure);
      }
      Event next = events.peek();
      if (next == null || next.at > end) {
        now = end;
        return;
      }
      events.remove();
      if (!next.off) {
        now = next.at;
        steps++;
        next.what.run();
      }
    }
  }

  private void exhaust() {
    int most = MOST_STEPS_AT_ONCE;
    while (true) {
      List<SimulatedJvm> ready = new ArrayList<>();
      for (SimulatedJvm jvm : jvms) {
        if (jvm.isReady()) {
          ready.add(jvm);
        }
      }
      if (ready.isEmpty()) {
        return;
      }
      if (--most < 0) {
        throw new IllegalStateException("no end at " + now + ": " + ready.getFirst().describe());
      }
      steps++;
      ready.get(ready.size() == 1 ? 0 : random.nextInt(ready.size())).step();
    }
  }

  /** Lets go of all threads. */
  public void close() {
    for (SimulatedJvm jvm : jvms) {
      jvm.kill();
    }
  }
}
