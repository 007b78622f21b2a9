package org.lockex.build;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** The jars of the image, in the order of the class path. */
final class Libraries {
  /** Of the jars: an AOT cache refuses one whose time has changed. */
  private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

  /** The same in a jar, which knows no time zones. */
  private static final LocalDateTime LOCAL_TIME = LocalDateTime.parse("2026-01-01T00:00:00");

  private Libraries() {}

  /**
   * Copies the project's jar and the jars of the class path; those with class files too old for the
   * AOT cache are written anew with current ones. The bytes depend on nothing but the contents.
   */
  static List<Path> copyAll(Path projectJar, Path lib) throws IOException {
    Files.createDirectories(lib);
    List<Path> copies = new ArrayList<>();
    // Maven's has the modes of the files, which depend on the umask.
    copies.add(copy(projectJar, lib.resolve("lockex.jar"), _ -> true));
    for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (element.endsWith(".jar")) {
        Path jar = Path.of(element);
        copies.add(copy(jar, lib.resolve(jar.getFileName()), Libraries::hasOldClasses));
      }
    }
    removeOthers(lib, Set.copyOf(copies));
    return copies;
  }

  private interface Check {
    boolean of(ZipFile zip) throws IOException;
  }

  private static Path copy(Path jar, Path to, Check rewrite) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      Folders.write(to, rewrite.of(zip) ? rewritten(zip, jar) : Files.readAllBytes(jar));
    }
    Files.setLastModifiedTime(to, TIME);
    return to;
  }

  private static boolean hasOldClasses(ZipFile zip) throws IOException {
    for (ZipEntry entry : entries(zip)) {
      if (OldClass.is(entry.getName(), bytes(zip, entry))) {
        return true;
      }
    }
    return false;
  }

  private static byte[] rewritten(ZipFile zip, Path jar) throws IOException {
    OldClass.Raiser raiser = OldClass.raiser(jar);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream to = new ZipOutputStream(out)) {
      for (ZipEntry entry : entries(zip)) {
        byte[] bytes = bytes(zip, entry);
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(LOCAL_TIME);
        to.putNextEntry(copy);
        to.write(OldClass.is(entry.getName(), bytes) ? raiser.raise(bytes) : bytes);
      }
    }
    return out.toByteArray();
  }

  private static List<? extends ZipEntry> entries(ZipFile zip) {
    return Collections.list(zip.entries());
  }

  private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
    return zip.getInputStream(entry).readAllBytes();
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
