package org.lockex.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** What tells this machine from others: machine-id(5). */
public final class MachineId {
  private static final Path ETC = Path.of("/etc/machine-id");
  private static final Path DBUS = Path.of("/var/lib/dbus/machine-id");
  private static final int DIGITS = 32;

  private MachineId() {}

  /**
   * {@return 32 hexadecimal digits; empty where the machine has none, as many containers do}
   *
   * @throws IOException if it is there and cannot be read: it would be another one from elsewhere
   */
  public static Optional<String> read() throws IOException {
    Optional<String> id = read(ETC);
    return id.isPresent() ? id : read(DBUS);
  }

  static Optional<String> read(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    // Empty in images that are to be copied, "uninitialized" until systemd makes one.
    return isId(text) ? Optional.of(text) : Optional.empty();
  }

  private static boolean isId(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.digit(text.charAt(i), 16) < 0) {
        return false;
      }
    }
    return text.length() == DIGITS;
  }
}
