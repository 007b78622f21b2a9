package org.lockex.lock;

import java.util.List;

/**
 * The name of a lock: one element of a ZooKeeper path.
 *
 * @param value the name, valid as ZooKeeper's PathUtils.validatePath says
 */
public record LockId(String value) {

  /**
   * A name given by a person.
   *
   * @throws IllegalArgumentException if ZooKeeper takes no such path element; the message names the
   *     offending character
   */
  public static LockId of(String value) {
    return new LockId(value);
  }

  /**
   * The name of a command's own lock: {@code <basename of argv[0]>-<first 16 hex digits of the
   * SHA-256 of argv>}. The digest is taken over every argument's bytes followed by one NUL byte,
   * the last one too, as in {@code /proc/PID/cmdline}; so it is the same on every host, in every
   * locale, and {@code a b} differs from {@code "a b"}.
   */
  public static LockId derived(List<byte[]> argv) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String toString() {
    return value;
  }
}
