package org.lockex.child;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One command and every process that comes of it, in the group of a guard: however lockex dies from
 * {@link #prepare} on, the guard ends what runs.
 */
public final class Child implements CommandProcesses {
  private static final long GUARD_ENDS_WITHIN_MILLIS = 1_000;

  /** Of six native calls each; compiled are those made 2,000 times, see the launcher. */
  private static final int REHEARSALS = 400;

  private final Inherited inherited;
  private final int devNull;
  private final Guard guard;
  private final ProcessGroup group;
  private final Foreground foreground;
  private final CommandLaunch launch;
  private final Termination termination;

  private Child(Inherited inherited, int stopSignal, Consumer<? super ChildEvent> events)
      throws ChildException {
    this.inherited = inherited;
    SignalDisposition.reset(Signals.CHLD);
    ProcessTree tree = new ProcessTree();
    devNull =
        ChildException.check(
            "cannot open /dev/null", Libc.open("/dev/null".getBytes(US_ASCII), Libc.O_RDWR, 0));
    guard = Guard.spawn(devNull, tree.self());
    group = new ProcessGroup(guard, tree, stopSignal, events);
    termination = new Termination(group, tree, guard.pid(), events);
    foreground = new Foreground(Terminal.open(), group, guard.pid());
    launch = new CommandLaunch(inherited, guard.pid(), devNull);
  }

  /**
   * Everything that can be made before the lock is acquired: the guard runs, descriptors and native
   * calls are ready. Takes some 30 ms; call it while ZooKeeper connects.
   *
   * @param inherited what the command gets unchanged
   * @param stopSignal what {@link #terminate} sends to a command that lives
   * @param events only enqueues; called on this class's own threads
   * @return a child without its command
   * @throws ChildException if the system refuses: run nothing then
   */
  public static Child prepare(
      Inherited inherited, int stopSignal, Consumer<? super ChildEvent> events)
      throws ChildException {
    Child child = new Child(inherited, stopSignal, events);
    child.group.rehearse();
    start("lockex-reaper", new Reaper(child.group), events);
    start("lockex-termination", child.termination, events);
    return child;
  }

  /** Without either thread the end of the command could not be known. */
  private static void start(String name, Runnable body, Consumer<? super ChildEvent> events) {
    EssentialThread.start(name, body, e -> events.accept(new ChildEvent.ThreadDied(name, e)));
  }

  @Override
  public void rehearse(BooleanSupplier enough) {
    for (int i = 0; i < REHEARSALS && !enough.getAsBoolean(); i++) {
      group.rehearse();
    }
  }

  @Override
  public int start(Command command) throws CommandNotStarted, ChildException {
    // Not earlier: what Detached starts must fall to init.
    ChildException.check(
        "cannot become the reaper of orphans", Libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1));
    foreground.enter(inherited);
    int pid;
    try {
      pid = group.start(launch, command);
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

  @Override
  public void signal(int signal) {
    if (!group.commandLives()) {
      return;
    }
    switch (signal) {
      case Signals.TERM, Signals.INT -> group.signalGroup(signal);
      case Signals.QUIT, Signals.TSTP -> foreground.keyboard(signal);
      case Signals.CONT -> foreground.resume();
      default -> group.signalCommand(signal);
    }
  }

  @Override
  public void terminate() {
    group.terminate();
  }

  @Override
  public void terminateAndStart(Command beside) throws ChildException {
    group.expectBeside();
    group.terminate();
    group.startBeside(launch, beside);
  }

  /**
   * SIGKILL to everything of the command, wherever it went; the guard lives on unless the command
   * forks faster than it is killed.
   */
  void kill() {
    termination.kill();
  }

  @Override
  public void end(Duration grace) {
    termination.within(grace);
  }

  @Override
  public void suspend() {
    foreground.suspend(group.stoppedBy());
  }

  @Override
  public void leave(ChildEvent.Exited exited) {
    foreground.leave();
    if (exited.signal() == Signals.INT || exited.signal() == Signals.QUIT) {
      foreground.dieOf(exited.signal());
    }
  }

  @Override
  public void close() throws InterruptedException {
    if (!group.commandLives()) {
      group.endGuard();
      group.awaitGuardsEnd(GUARD_ENDS_WITHIN_MILLIS);
    }
  }
}
