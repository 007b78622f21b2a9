package org.lockex.run;

import java.util.Queue;
import org.lockex.child.Child;
import org.lockex.child.ChildException;
import org.lockex.child.CommandProcesses;
import org.lockex.child.DeadMansTimer;
import org.lockex.child.DeadlineTimer;
import org.lockex.child.Inherited;
import org.lockex.child.SystemClock;

/**
 * All that can be made before the lock is acquired, so that the command starts at once then.
 *
 * @param processes the guard runs, no command yet
 * @param timer not armed yet
 * @param environment of the command, but for what it is told of the lock
 */
record Prepared(CommandProcesses processes, DeadlineTimer timer, CommandEnvironment environment) {

  /**
   * Makes it, in some 15 ms.
   *
   * @throws ChildException if the system refuses: run nothing then
   */
  static Prepared make(
      Inherited inherited, int stopSignal, SystemClock clock, Queue<RunEvent> events)
      throws ChildException {
    Inherited.releaseLauncher();
    DeadMansTimer timer = DeadMansTimer.create(clock);
    return new Prepared(
        child(inherited, stopSignal, events), timer, new CommandEnvironment(inherited.environ()));
  }

  /**
   * The same with a new guard, where the old one died before its command came. Waits until the old
   * one is reaped, because it and its reaper know nothing of the new one's children.
   */
  Prepared withNewGuard(Inherited inherited, int stopSignal, Queue<RunEvent> events)
      throws ChildException, InterruptedException {
    processes.close();
    return new Prepared(child(inherited, stopSignal, events), timer, environment);
  }

  private static Child child(Inherited inherited, int stopSignal, Queue<RunEvent> events)
      throws ChildException {
    return Child.prepare(inherited, stopSignal, event -> events.add(new RunEvent.OfCommand(event)));
  }
}
