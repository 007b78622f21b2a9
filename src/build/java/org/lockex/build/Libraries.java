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
import org.lockex.Lockex;
import org.lockex.Lockexctl;
import org.lockex.Lockexd;
import org.lockex.local.LocalServer;

/** The jars of the image, in the order of the class path. */
final class Libraries {
  /** Of the jars: an AOT cache refuses one whose time has changed. */
  private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

  private static final List<Class<?>> LOCKEX =
      List.of(Lockex.class, Lockexctl.class, LocalServer.class);

  private static final List<Class<?>> LOCKEXD = List.of(Lockexd.class);

  private Libraries() {}

  /**
   * Copies the jars of the class path; what all programs but lockexd need goes into one jar with
   * our own classes, because each further one costs every start. Classes too old for the AOT cache
   * become current ones. The bytes depend on nothing but the contents.
   *
   * @throws IOException when no program needs one of them
   */
  static List<Path> copyAll(Path projectJar, Path lib) throws IOException {
    List<Path> jars =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(element -> element.endsWith(".jar"))
            .map(Path::of)
            .toList();
    Reachable reachable =
        new Reachable(Stream.concat(Stream.of(projectJar), jars.stream()).toList());
    Set<Path> ofLockex = reachable.from(LOCKEX);
    Set<Path> ofLockexd = reachable.from(LOCKEXD);
    Files.createDirectories(lib);
    MergedJar merged = new MergedJar();
    merged.add(projectJar);
    List<Path> copies = new ArrayList<>();
    copies.add(lib.resolve("lockex.jar"));
    for (Path jar : jars) {
      if (ofLockex.contains(jar)) {
        merged.addLibrary(jar);
      } else if (ofLockexd.contains(jar)) {
        copies.add(write(lib.resolve(jar.getFileName()), Files.readAllBytes(jar)));
      } else {
        throw new IOException(
            jar.getFileName()
                + ": no program names a class of it; exclude it in pom.xml, or, where one loads it by"
                + " a name in a text, list that class in Libraries.java");
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
