package org.lockex.simulation.jvm;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A process whose threads are virtual ones that run when we say so, one at a time. Where they wait
 * for one another they do so as ever, in the JDK's own queues and latches, or by {@link Monitors};
 * whatever has to do with time {@link VirtualTime} does for them.
 */
public final class SimulatedJvm {
  /** So many monitors are entered in a millisecond. */
  private static final int BUSY = 20_000;

  private static final int BUSY_FOR_EVER = 100;
  private static final double YIELDS = 0.01;

  private static final Constructor<?> BUILDER = builder();

  private static @Nullable SimulatedJvm running;

  private final World world;
  private final String name;
  private final double rate;
  private final long offset;
  private final Monitors monitors;
  private final List<SimulatedThread> threads = new ArrayList<>();
  private final List<SimulatedThread> ready = new ArrayList<>();
  private final Set<Thread> looking = new LinkedHashSet<>();
  private long wall;
  private boolean stopped;
  private boolean dead;
  private boolean onlyLooked;
  private int entered;
  private long counted;

  /** One of its threads; its scheduler is ours. */
  private final class SimulatedThread implements Executor {
    private @Nullable Thread thread;
    private @Nullable Runnable stretch;

    @Override
    public void execute(Runnable next) {
      stretch = next;
      ready.add(this);
    }

    Thread thread() {
      return Objects.requireNonNull(thread);
    }

    Runnable stretch() {
      return Objects.requireNonNull(stretch);
    }
  }

  /**
   * A process without threads.
   *
   * @param rate of its clocks, 1 being that of the world
   */
  public SimulatedJvm(World world, String name, double rate) {
    this.world = world;
    this.monitors = new Monitors(world);
    this.name = name;
    this.rate = rate;
    this.offset = world.between(1_000_000_000L, 1_000_000_000_000L);
    this.wall = 1_790_000_000_000L + world.random().nextInt(5000);
    world.add(this);
  }

  // The JDK has this for its own tests: a scheduler of one's own is not public there yet.
  private static Constructor<?> builder() {
    try {
      Constructor<?> constructor =
          Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
              .getDeclaredConstructor(Executor.class);
      constructor.setAccessible(true);
      return constructor;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("needs --add-opens java.base/java.lang=ALL-UNNAMED", e);
    }
  }

  /** Whose thread runs now. */
  public static SimulatedJvm running() {
    SimulatedJvm jvm = running;
    if (jvm == null) {
      throw new IllegalStateException("no simulated thread: " + Thread.currentThread());
    }
    return jvm;
  }

  static @Nullable SimulatedJvm runningOrNull() {
    return running;
  }

  public World world() {
    return world;
  }

  public String name() {
    return name;
  }

  public boolean isDead() {
    return dead;
  }

  /** Its monotonic clock. */
  public long nanoTime() {
    return offset + (long) (world.now() * rate);
  }

  /** When that clock will show this. */
  public long worldTime(long nanoTime) {
    // One more, so that the clock does show it then.
    return nanoTime == Long.MAX_VALUE ? nanoTime : (long) ((nanoTime - offset) / rate) + 1;
  }

  /** Its wall clock. */
  public long currentTimeMillis() {
    return wall + nanoTime() / 1_000_000;
  }

  /** Somebody sets the wall clock. */
  public void stepWallClock(long millis) {
    wall += millis;
  }

  /** SIGSTOP: nothing of it runs. */
  public void stop() {
    stopped = true;
  }

  /** SIGCONT. */
  public void cont() {
    stopped = false;
  }

  /** SIGKILL. */
  public void kill() {
    dead = true;
    ready.clear();
    threads.clear();
    looking.clear();
  }

  /** A thread that somebody else starts. */
  public Thread thread(String threadName, Runnable body) {
    SimulatedThread made = new SimulatedThread();
    try {
      Thread.Builder.OfVirtual builder = (Thread.Builder.OfVirtual) BUILDER.newInstance(made);
      Thread thread =
          builder
              .name(threadName)
              .uncaughtExceptionHandler((_, e) -> died(threadName, e))
              .unstarted(body);
      made.thread = thread;
      threads.removeIf(one -> one.thread().getState() == Thread.State.TERMINATED);
      threads.add(made);
      return thread;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private void died(String threadName, Throwable e) {
    world.note(name + ": thread " + threadName + " died of " + e);
    throw new IllegalStateException("thread " + threadName + " of " + name, e);
  }

  /** Runs something on a thread of this process. */
  public void run(String threadName, Runnable body) {
    if (!dead) {
      thread(threadName, body).start();
    }
  }

  boolean isReady() {
    return !dead && !stopped && !ready.isEmpty();
  }

  /** Runs one of the threads that can, until it waits. */
  void step() {
    int next = ready.size() == 1 ? 0 : world.random().nextInt(ready.size());
    SimulatedThread thread = ready.remove(next);
    onlyLooked = false;
    running = this;
    try {
      thread.stretch().run();
    } finally {
      running = null;
    }
    check(thread);
    if (!onlyLooked) {
      for (Thread one : looking) {
        LockSupport.unpark(one);
      }
    }
  }

  private void check(SimulatedThread ran) {
    switch (ran.thread().getState()) {
      case TERMINATED, WAITING -> {}
      case RUNNABLE -> {
        if (!ready.contains(ran)) {
          throw new IllegalStateException(ran.thread() + " runs somewhere else");
        }
      }
      default ->
          throw new IllegalStateException(
              ran.thread() + " waits in real time: " + List.of(ran.thread().getStackTrace()));
    }
  }

  /** The calling thread waits for what others of this process do, and looks again after each. */
  void look(Thread thread, boolean again) {
    looking.add(thread);
    onlyLooked = again;
    LockSupport.park();
    looking.remove(thread);
  }

  /**
   * Before a monitor is entered, which is where other threads may come in between, and where one
   * that is busy for long finds that time has passed.
   */
  @SuppressWarnings("ThreadPriorityCheck") // here it is ourselves who schedule
  void breathe() {
    if (world.now() - counted > 1_000_000_000) {
      counted = world.now();
      entered = 0;
    }
    if (++entered % BUSY == 0) {
      if (entered / BUSY == BUSY_FOR_EVER) {
        world.fail(name + " is busy for ever: " + List.of(Thread.currentThread().getStackTrace()));
      }
      world.after(1_000_000, unpark(Thread.currentThread()));
      LockSupport.park();
    } else if (world.chance(YIELDS)) {
      Thread.yield();
    }
  }

  private static Runnable unpark(Thread thread) {
    return () -> LockSupport.unpark(thread);
  }

  Monitors monitors() {
    return monitors;
  }

  /** What its threads do, for whoever has to understand it. */
  public String describe() {
    StringBuilder text = new StringBuilder(name);
    for (SimulatedThread one : threads) {
      text.append("\n  ").append(one.thread().getName());
      for (StackTraceElement frame : one.thread().getStackTrace()) {
        if (frame.getClassName().startsWith("org.")) {
          text.append("\n    ").append(frame);
        }
      }
    }
    return text.toString();
  }
}
