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

/**
 * What the programs are made of.
 *
 * @param module our classes with the libraries that all programs but lockexd need; it becomes a
 *     part of the runtime
 * @param jars what lockexd alone needs, in the order of its class path
 */
record Libraries(Path module, List<Path> jars) {
  /** Of the jars: an AOT cache refuses one whose time has changed. */
  private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

  private static final List<Class<?>> LOCKEX =
      List.of(Lockex.class, Lockexctl.class, LocalServer.class);

  private static final List<Class<?>> LOCKEXD = List.of(Lockexd.class);

  /**
   * Copies the jars of the class path to {@code lib}; what all programs but lockexd need becomes
   * one module with our own classes, because a jar, which the JDK opens for each search of a
   * service, costs every start. Classes too old for the AOT cache become current ones. The bytes
   * depend on nothing but the contents.
   *
   * @throws IOException when no program needs one of them
   */
  static Libraries copyAll(Path projectJar, Path module, Path lib) throws IOException {
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
    Folders.write(module, merged.bytes(JavaRuntime.MODULES));
    removeOthers(lib, Set.copyOf(copies));
    return new Libraries(module, copies);
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
