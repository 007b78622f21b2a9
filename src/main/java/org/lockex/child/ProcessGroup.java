package org.lockex.child;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The guard, the command and all that comes of them: who lives, and signals to them. A pid is
 * signalled and reaped under one lock, so a signal never reaches a stranger with a reused number.
 */
final class ProcessGroup implements Reaper.ChildListener {
  private final Guard guard;
  private final ProcessTree tree;
  private final int stopSignal;
  private final Consumer<? super ChildEvent> events;

  // All guarded by this.
  private int command;
  private int beside;
  private boolean besideIsExpected;
  private boolean besideLives;
  private String starter = ProcessTree.task();
  private boolean commandLives;
  private boolean guardLives = true;
  private boolean guardMayEnd;
  private boolean allReaped;
  private boolean nothingIsLeft;
  private boolean endIsTold;
  private long changes;
  private int stoppedBy = Signals.STOP;
  private Set<Integer> watched = Set.of();

  ProcessGroup(Guard guard, ProcessTree tree, int stopSignal, Consumer<? super ChildEvent> events) {
    this.guard = guard;
    this.tree = tree;
    this.stopSignal = stopSignal;
    this.events = events;
  }

  /** Asks what is asked at the command's end: what is done for the first time takes long. */
  synchronized void rehearse() {
    boolean _ = commandIsAlone();
  }

  /** Spawns the command while nothing is reaped, so that its end cannot come before its pid. */
  synchronized int start(CommandLaunch launch, Command what)
      throws CommandNotStarted, ChildException {
    if (!guardLives) {
      throw new ChildException("cannot start the command: the guard has died");
    }
    guard.mark(what.environ()); // for the instants in which the command runs and its pid is untold
    command = launch.run(what);
    commandLives = true;
    starter = ProcessTree.task();
    watched = Set.of(tree.shown(command));
    guard.watch(watched);
    return command;
  }

  /** The command's end is not the end of all from now on: {@link #startBeside} follows. */
  synchronized void expectBeside() {
    besideIsExpected = true;
  }

  /** Spawns another process of the group, while nothing is reaped, and tells the guard of it. */
  synchronized void startBeside(CommandLaunch launch, Command what) throws ChildException {
    if (!guardLives) {
      throw new ChildException("cannot start it: the guard has died");
    }
    beside = launch.runBeside(what);
    besideLives = true;
    Set<Integer> roots = new LinkedHashSet<>(watched);
    roots.add(tree.shown(beside));
    watched = roots;
    guard.watch(roots);
  }

  synchronized boolean commandLives() {
    return commandLives;
  }

  /** The signal of the last stop. */
  synchronized int stoppedBy() {
    return stoppedBy;
  }

  synchronized void signalCommand(int signal) {
    if (commandLives) {
      Libc.kill(command, signal);
    }
  }

  /** To the command's process group, whose guard takes none but SIGKILL. */
  synchronized void signalGroup(int signal) {
    if (guardLives) {
      Libc.kill(-guard.pid(), signal);
    }
  }

  /** The stop signal, SIGTERM to what is left, then SIGCONT for stopped ones: to each once. */
  void terminate() {
    signalAll(commandLives() ? stopSignal : Signals.TERM);
    signalAll(Signals.CONT);
  }

  private void signalAll(int signal) {
    int group = tree.shown(guard.pid());
    Set<Integer> all = tree.descendants(group);
    boolean grouped;
    synchronized (this) {
      grouped = guardLives;
      signalGroup(signal);
    }
    for (int pid : all) {
      ProcessTree.Stat stat = tree.stat(pid);
      if (stat != null && !(grouped && stat.group() == group)) {
        tree.signal(pid, all, signal);
      }
    }
  }

  /** SIGKILL to the whole group in one instant, its guard included. */
  synchronized void killGroup() {
    guardMayEnd = true;
    signalGroup(Signals.KILL);
  }

  /** Lets the guard go, when nothing else is left. */
  synchronized void endGuard() {
    guardMayEnd = true;
    if (guardLives) {
      Libc.kill(guard.pid(), Signals.KILL);
    }
  }

  /** The children that are left, without the guard; zombies count until they are reaped. */
  Set<Integer> left() {
    Set<Integer> children = tree.children();
    children.remove(tree.shown(guard.pid()));
    return children;
  }

  /** Tells once that nothing of the command is left; the guard may be about to go. */
  void tellEnd() {
    synchronized (this) {
      if (endIsTold) {
        return;
      }
      endIsTold = true;
    }
    events.accept(new ChildEvent.Ended());
  }

  synchronized boolean allReaped() {
    return allReaped;
  }

  /**
   * Where the guard is already told to go, waits until it is reaped and nothing is left.
   *
   * @param millis at most; positive. It passes only if something came that was not seen before
   */
  synchronized void awaitGuardsEnd(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (guardMayEnd && !allReaped) {
      long left = Math.ceilDiv(end - System.nanoTime(), 1_000_000L);
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  /** A number that grows with every child that ends. */
  synchronized long changes() {
    return changes;
  }

  /**
   * Waits for a child to end.
   *
   * @param seen from {@link #changes}, taken before looking who is left
   * @param millis at most; positive
   */
  @SuppressWarnings("WaitNotInLoop") // the caller looks again, whatever ended the wait
  synchronized void awaitChange(long seen, long millis) throws InterruptedException {
    if (changes == seen && !allReaped) {
      wait(millis);
    }
  }

  synchronized void wakeUp() {
    changes++;
    notifyAll();
  }

  @Override
  public void changed(Reaper.Change change) {
    ChildEvent event;
    boolean end;
    synchronized (this) {
      event = take(change);
      end = nothingIsLeft;
    }
    if (event != null) {
      events.accept(event);
    }
    if (end) {
      tellEnd();
    }
  }

  private @Nullable ChildEvent take(Reaper.Change change) {
    boolean isGuard = change.pid() == guard.pid();
    boolean isCommand = commandLives && change.pid() == command;
    if (change.ended()) {
      if (isCommand && !besideIsExpected && commandIsAlone()) {
        nothingIsLeft = true;
        endGuard(); // It knows a number that is free for others in a moment.
      } else if (!isGuard) {
        unwatch(change.pid());
      }
      change.take();
      wakeUp();
    } else {
      change.take();
    }
    if (isGuard) {
      return guardChanged(change);
    }
    if (besideLives && change.pid() == beside && change.ended()) {
      besideLives = false;
      boolean exits = change.code() == Reaper.CLD_EXITED;
      return new ChildEvent.BesideEnded(exits ? change.status() : 0, exits ? 0 : change.status());
    }
    return isCommand ? commandChanged(change) : null;
  }

  private @Nullable ChildEvent guardChanged(Reaper.Change change) {
    if (change.code() == Reaper.CLD_STOPPED) {
      Libc.kill(guard.pid(), Signals.CONT); // somebody's SIGSTOP to the group: it has to stay awake
    }
    if (!change.ended()) {
      return null;
    }
    guardLives = false;
    return guardMayEnd ? null : new ChildEvent.GuardDied();
  }

  private ChildEvent commandChanged(Reaper.Change change) {
    return switch (change.code()) {
      case Reaper.CLD_STOPPED -> {
        stoppedBy = change.status();
        yield new ChildEvent.CommandStopped();
      }
      case Reaper.CLD_CONTINUED -> new ChildEvent.Continued();
      case Reaper.CLD_EXITED -> {
        commandLives = false;
        yield new ChildEvent.Exited(change.status(), 0);
      }
      default -> {
        commandLives = false;
        yield new ChildEvent.Exited(128 + change.status(), change.status());
      }
    };
  }

  /**
   * Whether the command, which has ended, is for certain the last of what came of it. But for the
   * guard only the thread that started the command ever started a process.
   */
  private boolean commandIsAlone() {
    Optional<Set<Integer>> children = tree.childrenOf(starter);
    children.ifPresent(all -> all.remove(tree.shown(guard.pid())));
    return children.equals(Optional.of(Set.of(tree.shown(command))));
  }

  /** Tells the guard before a number is free for others; when a command ends, of what it left. */
  private void unwatch(int pid) {
    int shown = tree.shown(pid);
    if (!watched.contains(shown)) {
      return;
    }
    Set<Integer> roots = new LinkedHashSet<>(pid == command || pid == beside ? left() : watched);
    roots.remove(shown);
    watched = roots;
    guard.watch(roots);
  }

  @Override
  public synchronized void noneLeft() {
    allReaped = true;
    wakeUp();
  }
}
