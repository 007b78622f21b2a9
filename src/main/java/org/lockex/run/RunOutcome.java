package org.lockex.run;

import java.util.Optional;
import java.util.function.Supplier;
import org.lockex.ExitCode;

/** How a run under a lock ended: what lockex says about it, and the exit code it gives. */
public sealed interface RunOutcome {
  /** {@return the exit code for the caller, 0 to 255} */
  int exitCode();

  /** {@return the one line for stderr; empty where the command's own end says it all} */
  default Optional<String> fault() {
    return Optional.empty();
  }

  /**
   * The command ran and ended by itself or by a signal that was meant for it.
   *
   * @param exitCode its code, or 128 + n
   */
  record CommandExited(int exitCode) implements RunOutcome {}

  /**
   * The lock was not acquired in the time allowed; the command never ran.
   *
   * @param exitCode 75 or what {@code -E} says
   */
  record NotInTime(int exitCode) implements RunOutcome {}

  /**
   * The period's run has been; the command never ran.
   *
   * @param exitCode 0 or what {@code --skip-exit-code} says
   * @param why a word for who asks
   * @param doubt a line that is always said: the run that counts may have been another job's
   */
  record Skipped(int exitCode, Supplier<String> why, Optional<String> doubt)
      implements RunOutcome {}

  /**
   * A signal came before the command was started.
   *
   * @param signal its number
   */
  record Interrupted(int signal) implements RunOutcome {
    @Override
    public int exitCode() {
      return ExitCode.ofSignal(signal);
    }
  }

  /**
   * lockex itself broke while the command ran: it has to exit at once, so that the guard ends the
   * command, and must not release the lock, which ends with the session.
   *
   * @param line {@code <what> on <what>: <why>}
   */
  record Abandoned(String line) implements RunOutcome {
    @Override
    public int exitCode() {
      return ExitCode.INTERNAL.code();
    }

    @Override
    public Optional<String> fault() {
      return Optional.of(line);
    }
  }

  /**
   * The command ran longer than it may, and was ended.
   *
   * @param exitCode 124, or 137 where it had to be killed
   * @param line {@code <what> on <what>: <why>}
   */
  record RanTooLong(int exitCode, String line) implements RunOutcome {
    @Override
    public Optional<String> fault() {
      return Optional.of(line);
    }
  }

  /**
   * Something is broken, and the command did not run or was ended.
   *
   * @param code which kind of fault
   * @param line {@code <what> on <what>: <why>}
   */
  record Broken(ExitCode code, String line) implements RunOutcome {
    @Override
    public int exitCode() {
      return code.code();
    }

    @Override
    public Optional<String> fault() {
      return Optional.of(line);
    }
  }
}
