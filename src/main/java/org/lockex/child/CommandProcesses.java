package org.lockex.child;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * One command and every process that comes of it. The methods return at once, but for {@link
 * #suspend} and {@link #close}, and may be called from any thread; what happens is told as {@link
 * ChildEvent}s.
 *
 * <pre>
 *   start -> (Exited) -> end -> (Ended) -> leave -> close
 * </pre>
 */
public interface CommandProcesses extends AutoCloseable {
  /**
   * Calls what {@link #start} and the command's end will, until the JVM has compiled it, in some
   * 100 ms of a processor's time: each of the many native calls then takes a tenth.
   *
   * @param enough ends it early
   */
  void rehearse(BooleanSupplier enough);

  /**
   * Runs the command, in the foreground of the terminal if lockex is. Once only. Afterwards this
   * process's own standard input and output are /dev/null.
   *
   * @param command the program with its arguments and variables
   * @return the command's pid
   * @throws CommandNotStarted if there is no such program, or it cannot be executed
   * @throws ChildException if the system refuses a process
   */
  int start(Command command) throws CommandNotStarted, ChildException;

  /**
   * Passes on a signal that lockex got: TERM and INT to the command's group, and so QUIT and TSTP
   * where lockex shares a terminal with it; the others to the command alone; CONT also settles anew
   * who has the terminal. Nothing happens before {@link #start} or after the command has ended.
   *
   * @param signal its number, one of those that {@link SignalReader} takes
   */
  void signal(int signal);

  /**
   * Asks everything to end: SIGTERM or what the command wants instead, then SIGCONT, to the group
   * and every descendant.
   */
  void terminate();

  /**
   * The same, and runs another command in the same process group from then on, even if the first
   * ends at once; once only. It has standard input from /dev/null, output and errors go to lockex's
   * standard error. It and what comes of it are ended with the command, by {@link #end} and by the
   * guard. {@link ChildEvent.BesideEnded} tells its end.
   *
   * @param beside the program by its path, with its arguments and variables
   * @throws ChildException if it cannot be executed, or the system refuses a process; the first
   *     command is asked to end nevertheless
   */
  void terminateAndStart(Command beside) throws ChildException;

  /**
   * Ends what the command left behind: SIGTERM (and SIGCONT), SIGKILL after the grace, again and
   * again until nothing is left; then the guard, last. {@link ChildEvent.Ended} follows, at once if
   * nothing was left. Callable while the command still runs: it is ended like the rest.
   *
   * @param grace zero or negative: SIGKILL at once. A second call can only shorten the first's
   */
  void end(Duration grace);

  /**
   * The answer to {@link ChildEvent.CommandStopped}: takes the terminal back and stops lockex's own
   * process group, as the command's stop would have done without lockex. Returns when lockex is
   * continued, or at once where there is no terminal to share. A command that was stopped because
   * it asked for a terminal that lockex has in the foreground gets it and goes on.
   */
  void suspend();

  /**
   * Gives the terminal back as it was, after {@link ChildEvent.Ended}. If the command died of
   * SIGINT or SIGQUIT in the foreground, lockex's own group gets the same signal, so that a script
   * around lockex ends too: this does not return then, so call it after the lock is released.
   *
   * @param exited how the command ended
   */
  void leave(ChildEvent.Exited exited);

  /**
   * Lets the guard go, if no command was started or nothing of it is left, and waits a moment until
   * it is gone; with a command use {@link #end} before.
   */
  @Override
  void close() throws InterruptedException;
}
