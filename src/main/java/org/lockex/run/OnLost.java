package org.lockex.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import org.lockex.child.ChildEvent;
import org.lockex.child.ChildException;
import org.lockex.child.Command;
import org.lockex.child.CommandProcesses;
import org.lockex.child.Signals;
import org.lockex.cli.LogEvent;
import org.lockex.cli.Stderr;
import org.lockex.cli.lockex.LockexOptions;

/**
 * The command of {@code --on-lost}: started once, beside the main command and right after it was
 * asked to end, with what is left of its grace as its own. It prolongs nothing: when the grace is
 * over, all that runs gets SIGKILL, whatever has become of it, and nobody waits for it longer.
 */
final class OnLost {
  /** With less than this a shell may not even have begun. */
  private static final Duration LEAST_GRACE = Duration.ofMillis(50);

  private final Command command;
  private final CommandProcesses processes;
  private final FaultLines lines;
  private final Stderr stderr;
  private boolean isDone;
  private boolean runs;

  /**
   * Prepares it; nothing happens yet.
   *
   * @param options with {@code --on-lost}
   * @param environ the variables of the main command, which this one gets, too
   */
  OnLost(
      LockexOptions options,
      List<byte[]> environ,
      CommandProcesses processes,
      FaultLines lines,
      Stderr stderr) {
    byte[] script = bytes(options.onLost().orElseThrow());
    this.command = new Command(List.of(bytes("/bin/sh"), bytes("-c"), script), environ);
    this.processes = processes;
    this.lines = lines;
    this.stderr = stderr;
  }

  /**
   * The lock is about to be lost: asks the main command to end, and starts this one unless it has
   * had its turn. Whatever is in the way is one line.
   *
   * @param grace until everything gets SIGKILL
   */
  void terminate(Duration grace) {
    if (isDone || grace.compareTo(LEAST_GRACE) < 0) {
      processes.terminate();
      isNotRun();
      return;
    }
    isDone = true;
    List<byte[]> environ = CommandEnvironment.withGrace(command.environ(), grace);
    try {
      processes.terminateAndStart(new Command(command.argv(), environ));
      runs = true;
    } catch (ChildException e) {
      say("it was not run: " + e.getMessage());
    }
  }

  /** There is no time for it, if it has not had its turn. */
  void isNotRun() {
    if (!isDone) {
      isDone = true;
      say("it was not run: no time is left");
    }
  }

  /** Whether it runs now. */
  boolean runs() {
    return runs;
  }

  /** It has ended, or was ended with everything else. */
  void ended(ChildEvent.BesideEnded end) {
    runs = false;
    if (end.signal() == 0) {
      say("it ended with " + end.code());
    } else if (end.signal() == Signals.KILL) {
      say("it was killed before it ended");
    } else {
      say("it was ended by signal " + end.signal());
    }
  }

  private void say(String what) {
    stderr.warning(LogEvent.ON_LOST, lines.onLost(what));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
