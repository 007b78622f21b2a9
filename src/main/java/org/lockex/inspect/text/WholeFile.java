package org.lockex.inspect.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
      throw failure("its folder is not there");
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

  private Path target() throws IOException {
    try {
      return name.toRealPath();
    } catch (NoSuchFileException e) {
      // It is to be made, where the last link leads to; of links in a circle this is not said.
    }
    Path at = name.toAbsolutePath();
    while (Files.isSymbolicLink(at)) {
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    return at;
  }

  private FileSystemException failure(String why) {
    return new FileSystemException(name.toString(), null, why);
  }
}
