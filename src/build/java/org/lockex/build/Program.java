package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;

/** A program of the image; all have the same launcher, which goes by its own name. */
record Program(String name) {
  static final List<Program> ALL = List.of(new Program("lockex"), new Program("lockexctl"));

  /**
   * Writes {@code bin/NAME}: the launcher with the class path and the hash of the caches that fit
   * it.
   */
  void writeLauncher(Path source, Path image, List<Path> jars, String hash) throws IOException {
    String classPath =
        jars.stream().map(jar -> "$home/lib/" + jar.getFileName()).collect(Collectors.joining(":"));
    String text =
        Files.readString(source).replace("@CLASSPATH@", classPath).replace("@CACHE@", hash);
    Path file = Files.createDirectories(image.resolve("bin")).resolve(name);
    Folders.write(file, text.getBytes(UTF_8));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
