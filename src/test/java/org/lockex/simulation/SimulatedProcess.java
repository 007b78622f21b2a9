package org.lockex.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * A process on a host: what happens in it happens while it is neither stopped nor killed. What
 * comes while it is stopped happens when it goes on, in the same order.
 */
final class SimulatedProcess {
  private final VirtualTime time;
  private final Host host;
  private final String name;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private final List<Runnable> atEnd = new ArrayList<>();
  private boolean alive = true;
  private boolean stopped;

  SimulatedProcess(VirtualTime time, Host host, String name) {
    this.time = time;
    this.host = host;
    this.name = name;
  }

  Host host() {
    return host;
  }

  boolean alive() {
    return alive;
  }

  /** Whether it runs now. */
  boolean running() {
    return alive && !stopped;
  }

  /** Does {@code what} as soon as the process runs; never if it is killed before. */
  void run(Runnable what) {
    if (alive && (stopped || !waiting.isEmpty())) {
      waiting.add(what);
    } else if (alive) {
      what.run();
    }
  }

  /** Does {@code what} when so much has passed on the clock of its host. */
  VirtualTime.Planned after(long nanos, Runnable what) {
    boolean[] cancelled = {false};
    VirtualTime.Planned planned =
        time.after(
            host.trueNanos(nanos),
            () ->
                run(() -> {
                  if (!cancelled[0]) {
                    what.run();
                  }
                }));
    return () -> {
      cancelled[0] = true;
      planned.cancel();
    };
  }

  /** SIGSTOP, or a long pause. */
  void stop() {
    stopped = true;
  }

  /** SIGCONT. */
  void goOn() {
    if (!stopped) {
      return;
    }
    stopped = false;
    while (alive && !stopped && !waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  /** Runs {@code what}, outside of the process, when it ends: the kernel closes its connections. */
  void atEnd(Runnable what) {
    atEnd.add(what);
  }

  /** SIGKILL. */
  void kill() {
    if (alive) {
      alive = false;
      waiting.clear();
      List.copyOf(atEnd).forEach(Runnable::run);
      atEnd.clear();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
