package org.lockex;

/**
 * Every exit code lockex gives of its own; all others are the command's.
 *
 * <p>The numbers follow sysexits(3) where it has a fitting name, and sh(1) for 126, 127 and 128 +
 * n. README, {@code --help} and the man pages show this table.
 */
public enum ExitCode {
  /** The command line was wrong; nothing was started. */
  USAGE(64, "wrong usage"),
  /** ZooKeeper could not be reached in time (sysexits EX_UNAVAILABLE). */
  UNREACHABLE(69, "ZooKeeper not reached in time"),
  /** A fault of lockex or of the machine; the command was ended if it ran. */
  INTERNAL(70, "internal error"),
  /**
   * The lock was not acquired within the time allowed (EX_TEMPFAIL); {@code -E} changes the number.
   */
  BUSY(75, "lock not acquired in time (-E changes it)"),
  /** The lock was lost while the command ran; the command was ended first. */
  LOST(76, "lock lost while the command ran"),
  /** ZooKeeper refused access to the lock path (EX_NOPERM). */
  NOT_AUTHORISED(77, "not authorised by ZooKeeper"),
  /** The lock is in use with another concurrency (EX_CONFIG). */
  OTHER_CONCURRENCY(78, "lock in use with another concurrency"),
  /** The command ran longer than {@code --max-run}, as timeout(1) tells it. */
  TIMED_OUT(124, "--max-run was over (137: SIGKILL was needed)"),
  /** The command exists but cannot be executed. */
  CANNOT_EXECUTE(126, "command cannot be executed"),
  /** The command was not found. */
  NOT_FOUND(127, "command not found");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** {@return the number given to the caller, 0 to 255} */
  public int code() {
    return code;
  }

  /** {@return a few words for tables of exit codes} */
  public String meaning() {
    return meaning;
  }

  /**
   * {@return the code by which shells report death by a signal}
   *
   * @param signal a signal number, 1 to 64
   */
  public static int ofSignal(int signal) {
    return 128 + signal;
  }
}
