package org.lockex.simulation.lockex;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.lockex.child.ChildEvent;
import org.lockex.child.Command;
import org.lockex.child.CommandProcesses;
import org.lockex.child.Signals;
import org.lockex.run.RunEvent;
import org.lockex.simulation.jvm.SimulatedJvm;
import org.lockex.simulation.jvm.World;

/**
 * A command that runs for a while, and takes a little to die. Its guard kills it when lockex is
 * gone, and the kernel reaps it whether lockex is stopped or not.
 */
final class SimulatedCommand implements CommandProcesses {
  /** From a signal to the end of a process; the guard needs as long. */
  private static final long DEATH = 15_000_000;

  private final SimulatedJvm jvm;
  private final World world;
  private final Witness witness;
  private final LinkedBlockingQueue<RunEvent> events;
  private final long takes;
  private final boolean obeys;
  private long token;
  private boolean runs;
  private boolean endAsked;
  private boolean endTold;
  private World.@Nullable Event kill;

  /**
   * Not started yet.
   *
   * @param takes how long it runs, unless it is ended
   * @param obeys whether SIGTERM ends it
   */
  SimulatedCommand(
      SimulatedJvm jvm,
      Witness witness,
      LinkedBlockingQueue<RunEvent> events,
      long takes,
      boolean obeys) {
    this.jvm = jvm;
    this.world = jvm.world();
    this.witness = witness;
    this.events = events;
    this.takes = takes;
    this.obeys = obeys;
  }

  void token(long fencing) {
    token = fencing;
  }

  boolean runs() {
    return runs;
  }

  @Override
  public void rehearse(BooleanSupplier enough) {}

  @Override
  public int start(Command command) {
    runs = true;
    witness.starts(jvm.name(), token);
    world.after(takes, () -> die(0, 0));
    return 4711;
  }

  private void die(int code, int signal) {
    if (!runs) {
      return;
    }
    runs = false;
    witness.isGone(jvm.name());
    jvm.run(
        "lockex-reaper",
        () -> {
          events.add(new RunEvent.OfCommand(new ChildEvent.Exited(code, signal)));
          tellEnd();
        });
  }

  private void tellEnd() {
    if (endAsked && !endTold) {
      endTold = true;
      events.add(new RunEvent.OfCommand(new ChildEvent.Ended()));
    }
  }

  /** lockex is gone: the guard sees that. */
  void orphaned() {
    world.after(world.between(0, DEATH), () -> die(137, 9));
  }

  @Override
  public void signal(int signal) {
    if (signal == Signals.TERM) {
      terminate();
    }
  }

  @Override
  public void terminate() {
    world.note(jvm.name() + " gets SIGTERM");
    if (obeys) {
      world.after(world.between(0, DEATH), () -> die(143, 15));
    }
  }

  @Override
  public void terminateAndStart(Command beside) {
    terminate();
  }

  @Override
  public void end(Duration grace) {
    endAsked = true;
    if (!runs) {
      tellEnd();
      return;
    }
    terminate();
    long at = world.now() + Math.max(0, grace.toNanos()) + world.between(0, DEATH);
    if (kill != null) {
      kill.cancel();
    }
    kill = world.at(at, () -> die(137, 9));
  }

  @Override
  public void suspend() {}

  @Override
  public void leave(ChildEvent.Exited exited) {}

  @Override
  public void close() {}
}
