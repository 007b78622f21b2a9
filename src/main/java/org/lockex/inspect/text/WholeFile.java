package org.lockex.inspect.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * A file that is replaced whole or not at all: whoever reads it meanwhile reads the old one or the
 * new one. Of a symbolic link that is what it leads to, as with open(2).
 *
 * @param name as somebody gave it
 */
public record WholeFile(Path name) {
  private static final int STICKY_FOR_ALL = 01002;
  private static final int MOST_LINKS = 40;

  /** {@return why this is nothing that can be replaced; empty if it is a file, or not there} */
  public Optional<String> hindrance() {
    if (Files.isDirectory(name)) {
      return Optional.of("is a directory");
    }
    return Files.exists(name) && !Files.isRegularFile(name)
        ? Optional.of("is no regular file")
        : Optional.empty();
  }

  /**
   * Puts a text in its place, readable for everybody.
   *
   * @param text all of it
   * @throws IOException if that cannot be done; then nothing has changed
   */
  public void write(String text) throws IOException {
    Optional<String> hindrance = hindrance();
    if (hindrance.isPresent()) {
      throw failure(hindrance.get());
    }
    Path target = target();
    Path folder = target.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      boolean isThere = folder != null && Files.exists(folder);
      throw failure(isThere ? "not a directory" : "its folder is not there");
    }
    Path whole = Files.createTempFile(folder, ".lockex", ".tmp"); // collectors read *.prom
    try {
      Files.write(whole, text.getBytes(UTF_8));
      Files.setPosixFilePermissions(whole, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  /** Where the last link leads to, whether something is there or is to be made. */
  private Path target() throws IOException {
    Path at = name.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(at); links++) {
      if (links == MOST_LINKS) {
        throw failure("too many levels of symbolic links");
      } else if (!mayBeFollowed(at)) {
        throw failure("is somebody else's symbolic link in a folder for everybody");
      }
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    return at;
  }

  /** As with open(2): proc(5), fs.protected_symlinks. */
  private static boolean mayBeFollowed(Path link) throws IOException {
    Path folder = link.resolveSibling(".").toRealPath();
    int mode = (int) Files.getAttribute(folder, "unix:mode");
    if ((mode & STICKY_FOR_ALL) != STICKY_FOR_ALL) {
      return true;
    }
    Object owner = Files.getAttribute(link, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    return owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
        || owner.equals(Files.getAttribute(folder, "unix:uid"));
  }

  private FileSystemException failure(String why) {
    return new FileSystemException(name.toString(), null, why);
  }
}
