package org.lockex.child;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A lockex without a lock, for the tests of this package: runs its arguments as the command, passes
 * signals on, ends what is left. Properties: {@code driver.grace} for the leftovers in milliseconds
 * (default 300), {@code driver.trace} to tell every event on standard error, {@code
 * driver.deadline} to arm the dead man's timer in so many milliseconds, {@code driver.kill} to kill
 * everything so many milliseconds after the start.
 */
public final class Driver {
  private Driver() {}

  record Signalled(int signal) {}

  /** Exit codes as lockex's. */
  public static void main(String[] args) throws Exception {
    Inherited inherited = Inherited.capture(Driver.class);
    BlockingQueue<Object> queue = new LinkedBlockingQueue<>();
    Signals.install(inherited, signal -> queue.add(new Signalled(signal)));
    Runtime.getRuntime().halt(run(inherited, queue));
  }

  private static int run(Inherited inherited, BlockingQueue<Object> queue) throws Exception {
    boolean trace = Boolean.getBoolean("driver.trace");
    DeadMansTimer timer = DeadMansTimer.create(LeaseClock.BOOTTIME);
    Child child = Child.prepare(inherited, queue::add);
    Integer deadline = Integer.getInteger("driver.deadline");
    if (deadline != null) {
      timer.arm(LeaseClock.BOOTTIME.getAsLong() + deadline * 1_000_000L);
    }
    if (Boolean.getBoolean("driver.idle")) {
      System.err.println("idle");
      queue.take();
    }
    try {
      int pid = child.start(new Command(inherited.arguments(), inherited.environ()));
      if (trace) {
        System.err.println("pid " + pid);
      }
    } catch (CommandNotStarted e) {
      System.err.println("driver: " + e.getMessage());
      return e.exitCode();
    }
    if (Integer.getInteger("driver.kill") != null) {
      Thread.ofPlatform().daemon().start(() -> killLater(child));
    }
    List<ChildEvent.Exited> ended = new java.util.ArrayList<>();
    while (true) {
      Object event = queue.take();
      if (trace) {
        System.err.println(event);
      }
      switch (event) {
        case Signalled signal -> child.signal(signal.signal());
        case ChildEvent.Stopped stopped -> child.suspend();
        case ChildEvent.Exited exited -> {
          ended.add(exited);
          child.end(Duration.ofMillis(Integer.getInteger("driver.grace", 300)));
        }
        case ChildEvent.GuardDied died -> {
          child.kill();
          child.end(Duration.ZERO);
          System.err.println("driver: the guard died");
        }
        case ChildEvent.Ended none -> {
          timer.disarm();
          child.leave(ended.getFirst());
          return ended.getFirst().code();
        }
        default -> {}
      }
    }
  }

  private static void killLater(Child child) {
    try {
      Thread.sleep(Integer.getInteger("driver.kill"));
      child.kill();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
