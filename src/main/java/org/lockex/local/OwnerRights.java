package org.lockex.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What only its owner may use, under any umask: 0600 for files, 0700 for folders. */
final class OwnerRights {
  private static final Set<PosixFilePermission> FOR_FOLDERS =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FOR_FILES =
      PosixFilePermissions.fromString("rw-------");
  private static final int PERMISSIONS = 0777;

  /** For what is made. A umask may take rights of the owner away, too: then {@link #set} it. */
  static final FileAttribute<Set<PosixFilePermission>> FOLDER =
      PosixFilePermissions.asFileAttribute(FOR_FOLDERS);

  static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(FOR_FILES);

  private OwnerRights() {}

  /** The file's type, permissions and other bits, stat(2). */
  static int mode(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:mode");
  }

  /** Gives a file or folder of ours these rights, if it has others. */
  static void set(Path file) throws IOException {
    boolean folder = Files.isDirectory(file);
    if ((mode(file) & PERMISSIONS) != (folder ? 0700 : 0600)) {
      Files.setPosixFilePermissions(file, folder ? FOR_FOLDERS : FOR_FILES);
    }
  }

  /**
   * The same for a folder and all below: what 1.0 wrote, others could read. What belongs to another
   * user stays as it is.
   */
  static void setBelow(Path folder) throws IOException {
    set(folder);
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.toList();
    }
    int us = StateFolder.uid();
    for (Path file : all) {
      if (!Files.isSymbolicLink(file) && us == (Integer) Files.getAttribute(file, "unix:uid")) {
        set(file);
      }
    }
  }

  /** Takes rights away. */
  static void withdraw(Path file, Set<PosixFilePermission> rights) throws IOException {
    Set<PosixFilePermission> left = Files.getPosixFilePermissions(file);
    if (left.removeAll(rights)) {
      Files.setPosixFilePermissions(file, left);
    }
  }
}
