package org.lockex.child;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Tells systemd how far a service is, where it wants to know, by the protocol of sd_notify(3), and
 * its journal what a service says.
 */
public final class ServiceManager {
  private static final int LONGEST_PATH = 107;

  private static final byte[] JOURNAL = "/run/systemd/journal/socket".getBytes(UTF_8);

  private ServiceManager() {}

  /** The service is there for its clients. */
  public static void ready() {
    tell("READY=1");
  }

  /** The service is about to end. */
  public static void stopping() {
    tell("STOPPING=1");
  }

  /** The service works; to be told more often than {@link #watchdog} says. */
  public static void alive() {
    tell("WATCHDOG=1");
  }

  /**
   * {@return after how long without {@link #alive} the service is started anew
   * (sd_watchdog_enabled(3))}
   */
  public static Optional<Duration> watchdog() {
    String micros = System.getenv("WATCHDOG_USEC");
    String pid = System.getenv("WATCHDOG_PID");
    boolean ours = pid == null || pid.equals(Long.toString(ProcessHandle.current().pid()));
    try {
      return Optional.ofNullable(micros)
          .filter(set -> ours)
          .map(Long::parseLong)
          .filter(limit -> limit > 0)
          .map(limit -> Duration.of(limit, ChronoUnit.MICROS));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * {@return whether stderr is the journal, and an entry of ours is known as the unit's}
   * JOURNAL_STREAM (systemd.exec(5)) names what the unit's stderr was, by device and inode; ours
   * may be elsewhere. The journal keeps who a connected stream belongs to; of another process it
   * asks when it reads the entry, and that process may have ended. SYSTEMD_EXEC_PID tells whether
   * we are the one that was connected.
   */
  public static boolean keepsStderr() {
    String stream = System.getenv("JOURNAL_STREAM");
    String connected = System.getenv("SYSTEMD_EXEC_PID");
    if (stream == null || !Long.toString(ProcessHandle.current().pid()).equals(connected)) {
      return false;
    }
    try {
      // Not by a stat, which may take long where it is a file.
      String ours = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return ours.equals("socket:[" + stream.substring(stream.indexOf(':') + 1) + "]");
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Hands an entry to the journal; waits where the journal does.
   *
   * @param entry in its native protocol
   * @return whether the journal has it
   */
  public static boolean keep(byte[] entry) {
    try {
      return Libc.sendDatagram(JOURNAL, entry) >= 0;
    } catch (RuntimeException | Error e) {
      return false; // Native calls are what failed, and that is to be said.
    }
  }

  private static void tell(String state) {
    String socket = System.getenv("NOTIFY_SOCKET");
    if (socket != null) {
      send(socket, state);
    }
  }

  /**
   * Sends it; whether it arrives is not known, and nothing depends on it.
   *
   * @param socket an absolute path, or {@code @} and the name of an abstract socket
   */
  private static void send(String socket, String state) {
    byte[] address = socket.getBytes(UTF_8);
    if (address.length == 0 || address.length > LONGEST_PATH) {
      return;
    }
    if (address[0] == '@') {
      address[0] = 0;
    }
    Libc.sendDatagram(address, state.getBytes(UTF_8));
  }
}
