package org.lockex.child;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * One command and every process that comes of it. All methods return at once and may be called from
 * any thread; what happens is told as {@link ChildEvent}s.
 *
 * <pre>
 *   prepare -> start -> (Exited) -> end -> (Ended) -> leave
 * </pre>
 *
 * However lockex dies from {@code prepare} on, the guard ends what runs.
 */
public final class Child implements AutoCloseable {
  private Child() {}

  /**
   * Everything that can be had before the lock is: the guard runs, descriptors and native calls are
   * ready. Takes some 30 ms; call it while ZooKeeper connects.
   *
   * @param events only enqueues; called on this class's own threads
   * @throws ChildException if the system refuses: run nothing then
   */
  public static Child prepare(Inherited inherited, Consumer<? super ChildEvent> events)
      throws ChildException {
    throw new UnsupportedOperationException();
  }

  /**
   * Runs the command in the guard's process group, in the foreground of the terminal if lockex is.
   * Once only. Afterwards this process's own standard input and output are /dev/null.
   *
   * @return the command's pid
   * @throws CommandNotStarted if there is no such program, or it cannot be executed
   * @throws ChildException if the system refuses a process
   */
  public int start(Command command) throws CommandNotStarted, ChildException {
    throw new UnsupportedOperationException();
  }

  /**
   * Passes on a signal that lockex got: TERM and INT to the command's group, the others to the
   * command alone; CONT also settles anew who has the terminal. Nothing happens before {@link
   * #start} or after the command has ended.
   */
  public void signal(int signal) {
    throw new UnsupportedOperationException();
  }

  /** Asks everything to end: SIGTERM, then SIGCONT, to the group and every descendant. */
  public void terminate() {
    throw new UnsupportedOperationException();
  }

  /** SIGKILL to everything of the command, wherever it went; the guard lives on. */
  public void kill() {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends what the command left behind: SIGTERM (and SIGCONT), SIGKILL after the grace, again and
   * again until nothing is left; then the guard, last. {@link ChildEvent.Ended} follows, at once if
   * nothing was left. Callable while the command still runs: it is ended like the rest.
   *
   * @param grace zero or negative: SIGKILL at once. A second call can only shorten the first's
   */
  public void end(Duration grace) {
    throw new UnsupportedOperationException();
  }

  /**
   * The answer to {@link ChildEvent.Stopped}: takes the terminal back and stops lockex's own process
   * group, as the command's stop would have done without lockex. Returns when lockex is continued,
   * or at once where there is no terminal to share. The SIGCONT arrives as a signal, too.
   */
  public void suspend() {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives the terminal back as it was, after {@link ChildEvent.Ended} and after the lock is
   * released. If the command died of SIGINT or SIGQUIT in the foreground, lockex's own group gets
   * the same signal, so that a script around lockex ends too: this may not return then.
   */
  public void leave(ChildEvent.Exited exited) {
    throw new UnsupportedOperationException();
  }

  /** Lets the guard go; with a command still running it ends it. Does not wait. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
