package org.lockex.child;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A lockex without a lock, for the tests of this package: runs its arguments as the command, passes
 * signals on, ends what is left. Properties: {@code driver.grace} for the leftovers in milliseconds
 * (default 300), {@code driver.trace} to tell every event on standard error, {@code
 * driver.deadline} to arm the dead man's timer in so many milliseconds, {@code driver.kill} to kill
 * everything so many milliseconds after the start, {@code driver.exhaust} to use up the memory once
 * the command runs.
 */
public final class Driver {
  private Driver() {}

  record Signalled(int signal) {}

  /** Exit codes as lockex's. */
  public static void main(String[] args) throws Exception {
    BlockingQueue<Object> queue = new LinkedBlockingQueue<>();
    SignalReader signals =
        SignalReader.start(
            (signal, ignored) -> queue.add(new Signalled(signal)), Throwable::printStackTrace);
    Inherited inherited = Inherited.capture(Driver.class);
    signals.begin(inherited);
    signals.takeStops();
    Inherited.releaseLauncher();
    ProcessEnd.with(
        Boolean.getBoolean("driver.codes") ? allCodes(inherited, queue) : run(inherited, queue));
  }

  /** Runs {@code exit N} for every N, and a death by every signal that ends a process. */
  private static int allCodes(Inherited inherited, BlockingQueue<Object> queue) throws Exception {
    for (int code = 0; code <= 255; code++) {
      expect(code, 0, "exit " + code, inherited, queue);
    }
    for (int signal :
        List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 31, 34, 64)) {
      expect(128 + signal, signal, "ulimit -c 0; kill -" + signal + " $$", inherited, queue);
    }
    System.err.println("all as expected");
    return 0;
  }

  private static void expect(
      int code, int signal, String script, Inherited inherited, BlockingQueue<Object> queue)
      throws Exception {
    Child child = Child.prepare(inherited, Signals.TERM, queue::add);
    List<byte[]> argv =
        List.of("/bin/sh".getBytes(UTF_8), "-c".getBytes(UTF_8), script.getBytes(UTF_8));
    child.start(new Command(argv, inherited.environ()));
    Object first = queue.take();
    child.end(Duration.ZERO);
    Object second = queue.take();
    if (!first.equals(new ChildEvent.Exited(code, signal))
        || !second.equals(new ChildEvent.Ended())) {
      throw new AssertionError(script + ": " + first + ", " + second);
    }
    child.close();
  }

  private static int run(Inherited inherited, BlockingQueue<Object> queue) throws Exception {
    boolean trace = Boolean.getBoolean("driver.trace");
    DeadMansTimer timer = DeadMansTimer.create(SystemClock.BOOTTIME);
    Child child = Child.prepare(inherited, Signals.TERM, queue::add);
    Integer deadline = Integer.getInteger("driver.deadline");
    if (deadline != null) {
      timer.arm(SystemClock.BOOTTIME.getAsLong() + deadline * 1_000_000L);
    }
    if (System.getProperty("driver.detach") != null) {
      Detached.spawn(
          inherited.arguments().stream().map(word -> new String(word, UTF_8)).toList(),
          List.of("PATH=/usr/bin:/bin", "A=b"),
          Path.of(System.getProperty("driver.detach")));
      return 0;
    }
    if (Boolean.getBoolean("driver.idle")) {
      System.err.println("idle");
      queue.take();
    }
    try {
      int pid = child.start(new Command(inherited.arguments(), environ(inherited)));
      if (trace) {
        System.err.println("pid " + pid);
      }
    } catch (CommandNotStarted e) {
      System.err.println("driver: " + e.getMessage());
      return e.exitCode().code();
    }
    if (Boolean.getBoolean("driver.exhaust")) {
      Thread.ofPlatform().daemon().start(Driver::exhaust);
    }
    if (Integer.getInteger("driver.kill") != null) {
      Thread.ofPlatform().daemon().start(() -> killLater(child));
    }
    List<ChildEvent.Exited> ended = new ArrayList<>();
    while (true) {
      Object event = queue.take();
      if (trace) {
        System.err.println(event);
      }
      switch (event) {
        case Signalled signal -> child.signal(signal.signal());
        case ChildEvent.CommandStopped stopped -> child.suspend();
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
          timer.close();
          child.leave(ended.getFirst());
          child.close();
          return ended.getFirst().code();
        }
        default -> {}
      }
    }
  }

  /** With a mark if {@code driver.token} says so; the session is this process. */
  private static List<byte[]> environ(Inherited inherited) {
    List<byte[]> environ = new ArrayList<>(inherited.environ());
    String token = System.getProperty("driver.token");
    if (token != null) {
      environ.add(("LOCKEX_TOKEN=" + token).getBytes(UTF_8));
      environ.add(("LOCKEX_SESSION=0x" + ProcessHandle.current().pid()).getBytes(UTF_8));
    }
    return environ;
  }

  /** Takes memory until there is none. */
  private static void exhaust() {
    Object[] taken = {};
    while (taken != null) {
      taken = new Object[] {taken, new byte[1 << 16]};
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
