package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A program of the image, its launcher and the training of its AOT cache. */
record Program(String name, String folder, String launcher, Optional<Training> training) {
  static final List<Program> ALL =
      List.of(
          new Program("lockex", "bin", "lockex", Optional.of(Training::lockex)),
          new Program("lockexctl", "bin", "lockex", Optional.empty()), // has that of lockex
          new Program("lockexd", "bin", "lockex", Optional.of(Training::lockexd)),
          new Program("local-server", "lib", "local-server", Optional.of(Training::localServer)));

  /** The program in an image. */
  Path in(Path image) {
    return image.resolve(folder).resolve(name);
  }

  /** Writes the launcher, with the class path and the hash of the caches that fit it. */
  void write(Path sources, Path image, List<Path> jars, String hash, String version)
      throws IOException {
    String classPath =
        jars.stream().map(jar -> "$home/lib/" + jar.getFileName()).collect(Collectors.joining(":"));
    String text =
        Files.readString(sources.resolve(launcher))
            .replace("@CLASSPATH@", classPath)
            .replace("@CACHE@", hash)
            .replace("@VERSION@", version);
    Path file = in(image);
    Files.createDirectories(file.getParent());
    Folders.write(file, text.getBytes(UTF_8));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
