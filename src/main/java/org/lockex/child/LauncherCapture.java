package org.lockex.child;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the launcher saw before the JVM ran: the environment it was started with, each entry ended
 * by NUL, then /proc/self/status of a process it started. It comes in the variables
 * LOCKEX_CAPTURE_0, _1 and so on, as od(1) prints bytes in hexadecimal: a variable holds no NUL,
 * and at most 128 KiB (execve(2)).
 *
 * @param environ each entry {@code NAME=value}
 * @param status the text of a /proc/PID/status
 */
record LauncherCapture(List<byte[]> environ, byte[] status) {
  private static final String PREFIX = "LOCKEX_CAPTURE_";

  /** A full chunk has the print of this many bytes; a shorter one is the last. */
  private static final int CHUNK = 40_000;

  /** Found among the variables of this process, or not there. */
  static Optional<LauncherCapture> in(List<byte[]> variables) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int before;
    int chunk = 0;
    do {
      before = bytes.size();
      byte[] name = (PREFIX + chunk++ + "=").getBytes(ISO_8859_1);
      variables.stream()
          .filter(variable -> startsWith(variable, name))
          .findFirst()
          .ifPresent(variable -> decode(variable, name.length, bytes));
    } while (bytes.size() - before == CHUNK);
    return bytes.size() == 0 ? Optional.empty() : Optional.of(of(bytes.toByteArray()));
  }

  /** A mask such as SigIgn: bit n - 1 is signal n, proc(5). */
  long signals(String mask) {
    for (String line : new String(status, ISO_8859_1).split("\n", -1)) {
      if (line.startsWith(mask + ":")) {
        return Long.parseUnsignedLong(line.substring(mask.length() + 1).strip(), 16);
      }
    }
    return 0;
  }

  /** The status begins after the last NUL. */
  private static LauncherCapture of(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != 0) {
      end--;
    }
    return new LauncherCapture(
        Inherited.split(Arrays.copyOf(bytes, end)), Arrays.copyOfRange(bytes, end, bytes.length));
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static void decode(byte[] hex, int from, ByteArrayOutputStream to) {
    int high = -1;
    for (int i = from; i < hex.length; i++) {
      int digit = Character.digit(hex[i], 16);
      if (digit < 0) {
        continue; // od's spaces and newlines
      }
      if (high < 0) {
        high = digit;
      } else {
        to.write(high << 4 | digit);
        high = -1;
      }
    }
  }
}
