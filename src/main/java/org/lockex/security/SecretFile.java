package org.lockex.security;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** Files that not everybody may read; a group may, as Debian has it for keys (ssl-cert, 0640). */
public final class SecretFile {
  private SecretFile() {}

  /**
   * Reads one.
   *
   * @param file the file
   * @return what it holds
   * @throws IOException if it cannot be read, or if the world may read it
   */
  public static byte[] read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.contains(PosixFilePermission.OTHERS_READ)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new FileSystemException(
          file.toString(), null, "everybody may read or write it (chmod o-rwx)");
    }
    return bytes;
  }
}
