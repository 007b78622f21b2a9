package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/**
 * The name of a lock: one element of a ZooKeeper path.
 *
 * @param value the name, as ZooKeeper's PathUtils.validatePath allows it
 */
public record LockId(String value) {
  private static final int HEX_DIGITS = 16;

  /** Longest part of a derived name that comes from the command, in characters. */
  private static final int LONGEST_BASENAME = 128;

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if ZooKeeper takes no such path element
   */
  public LockId {
    PathElement.check("a lock id", value);
  }

  /**
   * A name given by a person.
   *
   * @param value what was typed
   * @return the name of a lock
   * @throws IllegalArgumentException if ZooKeeper takes no such path element; the message names the
   *     offending character
   */
  public static LockId of(String value) {
    return new LockId(value);
  }

  /**
   * A name from elsewhere.
   *
   * @param value any text
   * @return the name of a lock; empty if ZooKeeper takes no such path element
   */
  public static Optional<LockId> ifValid(String value) {
    try {
      return Optional.of(new LockId(value));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * The name of a command's own lock: {@code <basename of argv[0]>-<first 16 hex digits of the
   * SHA-256 of argv>}. The digest is taken over every argument's bytes followed by one NUL byte,
   * the last one too, as in {@code /proc/PID/cmdline}; so it is the same on every host, in every
   * locale, and {@code a b} differs from {@code "a b"}. Characters of the basename that ZooKeeper
   * refuses become {@code _}; a basename longer than 128 characters is cut.
   *
   * @param argv the program and its arguments, byte for byte
   * @return the name of its lock
   * @throws IllegalArgumentException if there is no argument
   */
  public static LockId derived(List<byte[]> argv) {
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a command has at least one word");
    }
    MessageDigest digest = sha256();
    for (byte[] argument : argv) {
      digest.update(argument);
      digest.update((byte) 0);
    }
    StringBuilder name = new StringBuilder(basename(argv.get(0))).append('-');
    byte[] hash = digest.digest();
    for (int i = 0; i < HEX_DIGITS / 2; i++) {
      name.append(Character.forDigit(hash[i] >> 4 & 15, 16));
      name.append(Character.forDigit(hash[i] & 15, 16));
    }
    return new LockId(name.toString());
  }

  private static String basename(byte[] path) {
    int start = path.length;
    while (start > 0 && path[start - 1] != '/') {
      start--;
    }
    char[] name = new String(path, start, path.length - start, UTF_8).toCharArray();
    int length = Math.min(name.length, LONGEST_BASENAME);
    for (int i = 0; i < length; i++) {
      if (!PathElement.allowed(name[i])) {
        name[i] = '_';
      }
    }
    return new String(name, 0, length);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
