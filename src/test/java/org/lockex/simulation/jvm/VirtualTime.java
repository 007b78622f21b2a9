package org.lockex.simulation.jvm;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.LockThreads;

/**
 * What {@link Rewriting} puts in the place of calls that have to do with time, chance and threads.
 * Everything here is called on a thread of the {@link SimulatedJvm} that runs.
 */
public final class VirtualTime {
  private static int once;

  private VirtualTime() {}

  public static long nanoTime() {
    // Classes are also initialised before there is a process.
    SimulatedJvm jvm = SimulatedJvm.runningOrNull();
    return jvm == null ? 0 : jvm.nanoTime();
  }

  public static long currentTimeMillis() {
    SimulatedJvm jvm = SimulatedJvm.runningOrNull();
    return jvm == null ? 0 : jvm.currentTimeMillis();
  }

  public static Instant instant() {
    return Instant.ofEpochMilli(currentTimeMillis());
  }

  public static void sleep(long millis) throws InterruptedException {
    sleepNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  public static void sleep(TimeUnit unit, long time) throws InterruptedException {
    sleepNanos(unit.toNanos(time));
  }

  private static void sleepNanos(long nanos) throws InterruptedException {
    SimulatedJvm jvm = SimulatedJvm.running();
    long due = jvm.nanoTime() + nanos;
    World.Event timer = wakeAt(jvm, due);
    try {
      while (true) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (jvm.nanoTime() >= due) {
          return;
        }
        LockSupport.park();
      }
    } finally {
      timer.cancel();
    }
  }

  private static World.Event wakeAt(SimulatedJvm jvm, long due) {
    Thread self = Thread.currentThread();
    return jvm.world().at(jvm.worldTime(due), () -> LockSupport.unpark(self));
  }

  /** Waits as if for a selector: until woken, interrupted, or the time is over. */
  public static void park(long nanos) {
    SimulatedJvm jvm = SimulatedJvm.running();
    World.Event timer = wakeAt(jvm, jvm.nanoTime() + nanos);
    LockSupport.park();
    timer.cancel();
  }

  public static void timedWait(TimeUnit unit, Object monitor, long time)
      throws InterruptedException {
    if (time > 0) {
      waitNanos(monitor, unit.toNanos(time));
    }
  }

  public static void wait(Object monitor, long millis) throws InterruptedException {
    if (millis == 0) {
      wait(monitor);
    } else {
      waitNanos(monitor, TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  private static void waitNanos(Object monitor, long nanos) throws InterruptedException {
    SimulatedJvm jvm = SimulatedJvm.running();
    jvm.monitors().await(monitor, jvm.worldTime(jvm.nanoTime() + nanos));
  }

  public static void wait(Object monitor) throws InterruptedException {
    SimulatedJvm.running().monitors().await(monitor, Long.MAX_VALUE);
  }

  public static void notify(Object monitor) {
    SimulatedJvm.running().monitors().signal(monitor);
  }

  public static void notifyAll(Object monitor) {
    SimulatedJvm.running().monitors().signalAll(monitor);
  }

  /** A class is initialised, in the middle of something else. */
  public static void beginOnce() {
    once++;
  }

  public static void endOnce() {
    once--;
  }

  /** Whatever is done outside of all processes is done at once, and needs no monitor. */
  public static void enter(Object monitor) {
    SimulatedJvm jvm = SimulatedJvm.runningOrNull();
    if (jvm != null) {
      if (once == 0) {
        jvm.breathe();
      }
      jvm.monitors().enter(monitor);
    }
  }

  public static void exit(Object monitor) {
    SimulatedJvm jvm = SimulatedJvm.runningOrNull();
    if (jvm != null) {
      jvm.monitors().exit(monitor);
    }
  }

  public static @Nullable Object poll(BlockingQueue<?> queue, long time, TimeUnit unit)
      throws InterruptedException {
    return until(queue::poll, unit.toNanos(time));
  }

  public static boolean await(CountDownLatch latch, long time, TimeUnit unit)
      throws InterruptedException {
    return until(() -> latch.getCount() == 0 ? Boolean.TRUE : null, unit.toNanos(time)) != null;
  }

  private static <T> @Nullable T until(Supplier<@Nullable T> ready, long nanos)
      throws InterruptedException {
    SimulatedJvm jvm = SimulatedJvm.running();
    long due = jvm.nanoTime() + nanos;
    World.Event timer = wakeAt(jvm, due < 0 ? Long.MAX_VALUE : due);
    boolean again = false;
    try {
      while (true) {
        T result = ready.get();
        if (result != null || jvm.nanoTime() >= due) {
          return result;
        }
        jvm.look(Thread.currentThread(), again);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        again = true;
      }
    } finally {
      timer.cancel();
    }
  }

  /** The JDK's own is in a list for ever, with the world of its thread, until that thread ends. */
  public static ExecutorService newSingleThreadExecutor(ThreadFactory factory) {
    return new ThreadPoolExecutor(
        1, 1, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), factory);
  }

  public static void start(Thread thread) {
    if (thread.isVirtual()) {
      thread.start();
    } else {
      SimulatedJvm.running().run(thread.getName(), thread);
    }
  }

  public static Thread make(String name, LockThreads.ThreadBody body, Consumer<Throwable> defects) {
    return SimulatedJvm.running()
        .thread(
            name,
            () -> {
              try {
                body.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (RuntimeException | Error e) {
                defects.accept(e);
              }
            });
  }

  public static long nextLong(ThreadLocalRandom ignored, long bound) {
    return (long) (SimulatedJvm.running().world().random().nextDouble() * bound);
  }

  public static UUID randomUuid() {
    var random = SimulatedJvm.running().world().random();
    return new UUID(random.nextLong(), random.nextLong());
  }

  public static void shuffle(List<?> list) {
    Collections.shuffle(list, SimulatedJvm.running().world().random());
  }
}
