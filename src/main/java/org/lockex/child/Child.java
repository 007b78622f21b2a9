package org.lockex.child;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One command and every process that comes of it. The methods return at once, but for {@link
 * #suspend}, and may be called from any thread; what happens is told as {@link ChildEvent}s.
 *
 * <pre>
 *   prepare -> start -> (Exited) -> end -> (Ended) -> leave
 * </pre>
 *
 * However lockex dies from {@code prepare} on, the guard ends what runs.
 */
public final class Child implements AutoCloseable {
  private static final long GUARD_ENDS_WITHIN_MILLIS = 1_000;

  /** Of six native calls each; compiled are those made 2,000 times, see the launcher. */
  private static final int REHEARSALS = 400;

  private final Inherited inherited;
  private final int devNull;
  private final Guard guard;
  private final ProcessGroup family;
  private final Foreground foreground;
  private final Launch launch;
  private final Termination ending;

  private Child(Inherited inherited, Consumer<? super ChildEvent> events) throws ChildException {
    this.inherited = inherited;
    Disposition.reset(Signals.CHLD);
    ProcessTree tree = new ProcessTree();
    devNull =
        ChildException.check(
            "cannot open /dev/null", Libc.open("/dev/null".getBytes(US_ASCII), Libc.O_RDWR, 0));
    guard = Guard.spawn(devNull, tree.self());
    family = new ProcessGroup(guard, tree, events);
    ending = new Termination(family, events);
    foreground = new Foreground(Terminal.open(), family, guard.pid());
    launch = new Launch(inherited, guard.pid());
  }

  /**
   * Everything that can be had before the lock is: the guard runs, descriptors and native calls are
   * ready. Takes some 30 ms; call it while ZooKeeper connects.
   *
   * @param inherited what the command gets unchanged
   * @param events only enqueues; called on this class's own threads
   * @return a child without its command
   * @throws ChildException if the system refuses: run nothing then
   */
  public static Child prepare(Inherited inherited, Consumer<? super ChildEvent> events)
      throws ChildException {
    Child child = new Child(inherited, events);
    child.family.rehearse();
    Thread.ofPlatform().daemon().name("lockex-reaper").start(new Reaper(child.family));
    Thread.ofPlatform().daemon().name("lockex-ending").start(child.ending);
    return child;
  }

  /**
   * Calls what the turn and the command's end will, until the JVM has compiled it, in some 100 ms
   * of a processor's time: each of the many native calls then takes a tenth.
   *
   * @param enough ends it early
   */
  public void rehearse(BooleanSupplier enough) {
    for (int i = 0; i < REHEARSALS && !enough.getAsBoolean(); i++) {
      family.rehearse();
    }
  }

  /**
   * Runs the command in the guard's process group, in the foreground of the terminal if lockex is.
   * Once only. Afterwards this process's own standard input and output are /dev/null.
   *
   * @param command the program with its arguments and variables
   * @return the command's pid
   * @throws CommandNotStarted if there is no such program, or it cannot be executed
   * @throws ChildException if the system refuses a process
   */
  public int start(Command command) throws CommandNotStarted, ChildException {
    // Not earlier: what Detached starts must fall to init.
    ChildException.check(
        "cannot become the reaper of orphans", Libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1));
    foreground.enter(inherited);
    int pid;
    try {
      pid = family.start(launch, command);
    } catch (CommandNotStarted | ChildException e) {
      foreground.leave();
      throw e;
    }
    letGoOfInherited();
    return pid;
  }

  /** What the command closes is closed then: no copy of it stays open here, but for errors. */
  private void letGoOfInherited() {
    Libc.dup2(devNull, 0);
    Libc.dup2(devNull, 1);
    inherited.descriptors().stream().filter(fd -> fd > 2).forEach(Libc::close);
  }

  /**
   * Passes on a signal that lockex got: TERM and INT to the command's group, the others to the
   * command alone; CONT also settles anew who has the terminal. Nothing happens before {@link
   * #start} or after the command has ended.
   *
   * @param signal its number, one of those that {@link Signals#install} takes
   */
  public void signal(int signal) {
    if (!family.commandLives()) {
      return;
    }
    switch (signal) {
      case Signals.TERM, Signals.INT -> family.signalGroup(signal);
      case Signals.CONT -> foreground.resume();
      default -> family.signalCommand(signal);
    }
  }

  /** Asks everything to end: SIGTERM, then SIGCONT, to the group and every descendant. */
  public void terminate() {
    family.terminate();
  }

  /**
   * SIGKILL to everything of the command, wherever it went; the guard lives on unless the command
   * forks faster than it is killed.
   */
  public void kill() {
    family.kill();
  }

  /**
   * Ends what the command left behind: SIGTERM (and SIGCONT), SIGKILL after the grace, again and
   * again until nothing is left; then the guard, last. {@link ChildEvent.Ended} follows, at once if
   * nothing was left. Callable while the command still runs: it is ended like the rest.
   *
   * @param grace zero or negative: SIGKILL at once. A second call can only shorten the first's
   */
  public void end(Duration grace) {
    ending.within(grace);
  }

  /**
   * The answer to {@link ChildEvent.Stopped}: takes the terminal back and stops lockex's own
   * process group, as the command's stop would have done without lockex. Returns when lockex is
   * continued, or at once where there is no terminal to share. A command that was stopped because
   * it asked for a terminal that lockex has in the foreground gets it and goes on.
   */
  public void suspend() {
    foreground.suspend(family.stoppedBy());
  }

  /**
   * Gives the terminal back as it was, after {@link ChildEvent.Ended} and after the lock is
   * released. If the command died of SIGINT or SIGQUIT in the foreground, lockex's own group gets
   * the same signal, so that a script around lockex ends too: this does not return then.
   *
   * @param exited how the command ended
   */
  public void leave(ChildEvent.Exited exited) {
    foreground.leave();
    if (exited.signal() == Signals.INT || exited.signal() == Signals.QUIT) {
      foreground.dieOf(exited.signal());
    }
  }

  /**
   * Lets the guard go, if no command was started or nothing of it is left, and waits a moment until
   * it is gone; with a command use {@link #end} before.
   */
  @Override
  public void close() throws InterruptedException {
    if (!family.commandLives()) {
      family.endGuard();
      family.awaitGuardsEnd(GUARD_ENDS_WITHIN_MILLIS);
    }
  }
}
