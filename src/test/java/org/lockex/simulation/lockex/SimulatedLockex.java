package org.lockex.simulation.lockex;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.lockex.child.DeadlineTimer;
import org.lockex.run.RunEvent;
import org.lockex.run.RunOutcome;
import org.lockex.run.SimulatedRun;
import org.lockex.simulation.jvm.SimulatedJvm;
import org.lockex.simulation.jvm.World;
import org.lockex.simulation.zookeeper.Ensemble;

/** One lockex with its command, from its start to the end of its process. */
final class SimulatedLockex implements DeadlineTimer, SimulatedRun.Told {
  private final Ensemble ensemble;
  private final World world;
  private final SimulatedJvm jvm;
  private final SimulatedCommand command;
  private final LinkedBlockingQueue<RunEvent> events = new LinkedBlockingQueue<>();
  private World.@Nullable Event deadline;
  private boolean timerIsClosed;
  private boolean holds;
  private boolean disturbed;
  private long heldSince;
  private @Nullable RunOutcome outcome;

  /**
   * Not started yet.
   *
   * @param rate of its clock
   * @param takes how long its command runs
   */
  SimulatedLockex(
      Ensemble ensemble, World world, Witness witness, String name, double rate, long takes) {
    this.ensemble = ensemble;
    this.world = world;
    this.jvm = new SimulatedJvm(world, name, rate);
    this.command = new SimulatedCommand(jvm, witness, events, takes, world.chance(0.4));
  }

  void start(int concurrency, Duration sessionTimeout) {
    Optional<Duration> killAfter =
        world.chance(0.5) ? Optional.of(Duration.ofMillis(300)) : Optional.empty();
    SimulatedRun run =
        new SimulatedRun(
            ensemble.connectString(),
            concurrency,
            sessionTimeout,
            killAfter,
            jvm::nanoTime,
            command,
            this,
            events,
            this);
    jvm.run(
        "main",
        () -> {
          try {
            outcome = run.run();
            world.note(jvm.name() + " ends: " + outcome);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          world.after(0, this::die);
        });
  }

  SimulatedJvm jvm() {
    return jvm;
  }

  boolean isGone() {
    return jvm.isDead();
  }

  /** Whether it has the lock, by what it knows. */
  boolean holds() {
    return holds && !jvm.isDead();
  }

  boolean runs() {
    return command.runs();
  }

  /** It was stopped or killed, so that anything may become of it. */
  void disturb() {
    disturbed = true;
  }

  /**
   * It came to its end, and if it had the lock in calm times its command ended by itself.
   *
   * @param calm since when nothing that went wrong before matters any more
   */
  void requireServed(long calm) {
    if (!jvm.isDead()) {
      world.note(jvm.describe());
      throw new Violation(jvm.name() + (holds ? " never ends" : " is never served"));
    }
    boolean ended = outcome instanceof RunOutcome.CommandExited exited && exited.exitCode() == 0;
    if (holds && heldSince > calm && !disturbed && !ended) {
      throw new Violation(jvm.name() + " was well and did not end well: " + outcome);
    }
    if (!holds && !disturbed) {
      throw new Violation(jvm.name() + " gave up: " + outcome);
    }
  }

  /** The process ends, whoever ended it. */
  void die() {
    if (!jvm.isDead()) {
      jvm.kill();
      ensemble.closeLinksOf(jvm);
      command.orphaned();
    }
  }

  // The kernel's timer.

  @Override
  public void arm(long nanos) {
    if (timerIsClosed) {
      return;
    }
    if (deadline != null) {
      deadline.cancel();
    }
    deadline =
        world.at(
            jvm.worldTime(nanos),
            () -> {
              if (!jvm.isDead()) {
                world.note(jvm.name() + " is killed by its timer");
                disturbed = true;
                die();
              }
            });
  }

  @Override
  public void close() {
    timerIsClosed = true;
    if (deadline != null) {
      deadline.cancel();
    }
  }

  // What the run tells.

  @Override
  public void acquired(long token) {
    holds = true;
    heldSince = world.now();
    command.token(token);
    world.note(jvm.name() + " has the lock");
  }

  @Override
  public void note(String line) {
    world.note(jvm.name() + ": " + line);
  }
}
