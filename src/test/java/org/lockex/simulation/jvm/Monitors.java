package org.lockex.simulation.jvm;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The monitors of a simulated process. The JVM's own hand a thread on by a thread of the JVM, some
 * time later; of these nothing happens later than its cause, and who comes next the seed decides.
 */
@SuppressWarnings("ReferenceEquality") // of threads, each of which is itself alone
final class Monitors {
  private final World world;
  private final IdentityHashMap<Object, Monitor> used = new IdentityHashMap<>();

  /** One that somebody has, or waits at. */
  private static final class Monitor {
    private @Nullable Thread owner;
    private int depth;
    private final List<Thread> entering = new ArrayList<>();
    private final List<Waiter> waiting = new ArrayList<>();
  }

  private static final class Waiter {
    private final Thread thread = Thread.currentThread();
    private boolean isOver;
  }

  Monitors(World world) {
    this.world = world;
  }

  void enter(Object object) {
    enter(object, 1);
  }

  private void enter(Object object, int depth) {
    Monitor monitor = used.computeIfAbsent(object, _ -> new Monitor());
    Thread self = Thread.currentThread();
    boolean interrupted = false;
    while (monitor.owner != null && monitor.owner != self) {
      monitor.entering.add(self);
      LockSupport.park();
      monitor.entering.remove(self);
      interrupted |= Thread.interrupted();
    }
    monitor.owner = self;
    monitor.depth += depth;
    if (interrupted) {
      self.interrupt();
    }
  }

  void exit(Object object) {
    Monitor monitor = owned(object);
    if (--monitor.depth == 0) {
      free(object, monitor);
    }
  }

  private void free(Object object, Monitor monitor) {
    monitor.owner = null;
    monitor.depth = 0;
    for (Thread thread : monitor.entering) {
      LockSupport.unpark(thread);
    }
    if (monitor.entering.isEmpty() && monitor.waiting.isEmpty()) {
      used.remove(object);
    }
  }

  private Monitor owned(Object object) {
    Monitor monitor = used.get(object);
    if (monitor == null || monitor.owner != Thread.currentThread()) {
      throw new IllegalMonitorStateException();
    }
    return monitor;
  }

  /** Waits to be notified, until an instant of the world. */
  void await(Object object, long until) throws InterruptedException {
    Monitor monitor = owned(object);
    Waiter waiter = new Waiter();
    int depth = monitor.depth;
    monitor.waiting.add(waiter);
    free(object, monitor);
    World.Event timer =
        world.at(
            until,
            () -> {
              waiter.isOver = true;
              LockSupport.unpark(waiter.thread);
            });
    boolean interrupted = Thread.interrupted();
    while (!waiter.isOver && !interrupted) {
      LockSupport.park();
      interrupted = Thread.interrupted();
    }
    timer.cancel();
    monitor.waiting.remove(waiter);
    // It may have been left by all, and another one made for those who came since.
    enter(object, depth);
    if (interrupted) {
      throw new InterruptedException();
    }
  }

  void signal(Object object) {
    Monitor monitor = owned(object);
    if (!monitor.waiting.isEmpty()) {
      over(monitor.waiting.remove(world.random().nextInt(monitor.waiting.size())));
    }
  }

  void signalAll(Object object) {
    Monitor monitor = owned(object);
    for (Waiter waiter : monitor.waiting) {
      over(waiter);
    }
    monitor.waiting.clear();
  }

  private static void over(Waiter waiter) {
    waiter.isOver = true;
    LockSupport.unpark(waiter.thread);
  }
}
