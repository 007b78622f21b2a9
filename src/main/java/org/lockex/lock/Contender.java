package org.lockex.lock;

import java.time.Instant;
import java.util.List;

/**
 * Who holds a lock or waits for it, as people see it in {@code lockexctl}.
 *
 * @param host the name of the machine
 * @param pid the process id of lockex
 * @param user the name of the user
 * @param command the arguments joined by spaces, at most {@value #MAX_COMMAND_BYTES} bytes of UTF-8
 * @param since when it began to wait
 * @param version the version of lockex
 */
public record Contender(
    String host, long pid, String user, String command, Instant since, String version) {

  /** The longest command line that is published. */
  public static final int MAX_COMMAND_BYTES = 1024;

  /**
   * This process as a contender. Bytes that are no UTF-8 are shown as U+FFFD; the host comes from
   * {@code /proc/sys/kernel/hostname}, because a look-up of one's own address can take seconds.
   */
  public static Contender ofThisProcess(List<byte[]> argv, Instant since, String version) {
    throw new UnsupportedOperationException();
  }

  /** The data of a contender's node: one JSON object in UTF-8. */
  public byte[] json() {
    throw new UnsupportedOperationException();
  }

  /** The data of a holder's node after its command started: the same with {@code acquired}. */
  public byte[] json(Instant acquired) {
    throw new UnsupportedOperationException();
  }
}
