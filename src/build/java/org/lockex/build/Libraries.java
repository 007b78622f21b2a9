package org.lockex.build;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The jars of the image, in the order of the class path. */
final class Libraries {
  /** Of the jars: an AOT cache refuses one whose time has changed. */
  private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

  /** The beginnings of the names of jars whose classes lockex itself needs. */
  private static final List<String> OF_LOCKEX =
      List.of(
          "picocli-",
          "curator-client-",
          "curator-framework-",
          "curator-recipes-",
          "slf4j-",
          "zookeeper-");

  private Libraries() {}

  /**
   * Copies the jars of the class path; what lockex itself needs goes into one jar with our own
   * classes, because each further one costs every start. Classes too old for the AOT cache become
   * current ones. The bytes depend on nothing but the contents.
   */
  static List<Path> copyAll(Path projectJar, Path lib) throws IOException {
    Files.createDirectories(lib);
    MergedJar merged = new MergedJar();
    merged.add(projectJar);
    List<Path> copies = new ArrayList<>();
    copies.add(lib.resolve("lockex.jar"));
    for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path jar = Path.of(element);
      String name = String.valueOf(jar.getFileName());
      if (OF_LOCKEX.stream().anyMatch(name::startsWith)) {
        merged.addLibrary(jar);
      } else if (name.endsWith(".jar")) {
        copies.add(write(lib.resolve(name), Files.readAllBytes(jar)));
      }
    }
    write(copies.getFirst(), merged.bytes());
    removeOthers(lib, Set.copyOf(copies));
    return copies;
  }

  private static Path write(Path jar, byte[] bytes) throws IOException {
    Folders.write(jar, bytes);
    Files.setLastModifiedTime(jar, TIME);
    return jar;
  }

  private static void removeOthers(Path lib, Set<Path> jars) throws IOException {
    Set<Path> others;
    try (Stream<Path> files = Files.list(lib)) {
      others =
          files
              .filter(file -> file.toString().endsWith(".jar") && !jars.contains(file))
              .collect(Collectors.toSet());
    }
    for (Path other : others) {
      Files.delete(other);
    }
  }
}
