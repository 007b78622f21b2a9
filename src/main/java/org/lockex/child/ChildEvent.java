package org.lockex.child;

import java.util.List;

/** What happens to the command, told once each, in order, on a thread of {@link Child}. */
public sealed interface ChildEvent {
  /**
   * The command itself has ended; what it left behind may still run until {@link Ended}.
   *
   * @param code 0 to 255 as it exited, or 128 + signal
   * @param signal the signal that ended it; 0 when it exited by itself
   */
  record Exited(int code, int signal) implements ChildEvent {}

  /**
   * What {@link CommandProcesses#terminateAndStart} started has ended; what it left behind may
   * still run until {@link Ended}.
   *
   * @param code as it exited, if no signal ended it
   * @param signal the signal that ended it; 0 when it exited by itself
   */
  record BesideEnded(int code, int signal) implements ChildEvent {}

  /** The command was stopped; answer with {@link Child#suspend}. */
  record CommandStopped() implements ChildEvent {}

  /** The command goes on after a stop. */
  record Continued() implements ChildEvent {}

  /** The guard is gone though nobody ended it: a fault, the command must not go on. */
  record GuardDied() implements ChildEvent {}

  /**
   * A thread without which the command's end cannot be known or brought about has died: nothing
   * more is told, and this process should end, so that the guard ends the command.
   *
   * @param name the thread's
   * @param cause what it died of
   */
  record ThreadDied(String name, Throwable cause) implements ChildEvent {}

  /**
   * No process of the command is left, all are reaped, and nothing here acts on them any more; the
   * guard is gone or killed. Not without {@link Exited}, and with the command's end where nothing
   * is left behind, otherwise the answer to {@link Child#end}. The last event.
   */
  record Ended() implements ChildEvent {}

  /**
   * The command has ended and these have not; they are ended now.
   *
   * @param some of them, each {@code pid (name)}
   * @param more how many are not named
   */
  record LeftBehind(List<String> some, int more) implements ChildEvent {}

  /**
   * SIGKILL did not end these within a second (another user's, or in uninterruptible sleep). Told
   * once; {@link Ended} still follows when they are gone.
   *
   * @param pids those left, in no order
   */
  record Unkillable(List<Integer> pids) implements ChildEvent {}
}
