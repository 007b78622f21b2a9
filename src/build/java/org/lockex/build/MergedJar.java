package org.lockex.build;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Several jars in one, which is a module. Their licences are kept apart, in a folder for each below
 * META-INF.
 */
final class MergedJar {
  /** Of every entry; jars know no time zones. */
  private static final LocalDateTime TIME = LocalDateTime.parse("2026-01-01T00:00:00");

  private static final Pattern SERVICE = Pattern.compile("META-INF/services/[^/]+");

  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  /** Takes everything from our own jar. */
  void add(Path jar) throws IOException {
    add(jar, List.of());
  }

  /** Takes a library's classes, resources, services and notices, and nothing else. */
  void addLibrary(Path jar) throws IOException {
    add(jar, List.of(String.valueOf(jar.getFileName())));
  }

  private void add(Path jar, List<String> library) throws IOException {
    OldClass.Raiser raiser = OldClass.raiser(jar);
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        String name = entry.getName();
        if (!library.isEmpty()) {
          if (Notices.isNotice(name)) {
            name = "META-INF/" + library.getFirst() + "/" + name.substring(name.indexOf('/') + 1);
          } else if (name.startsWith("META-INF/") && !isService(name)) {
            continue;
          }
        }
        if (!entry.isDirectory() && !name.equals(ModuleInfo.FILE)) {
          byte[] bytes = zip.getInputStream(entry).readAllBytes();
          put(name, OldClass.is(name, bytes) ? raiser.raise(bytes) : bytes);
        }
      }
    }
  }

  /** Whether this entry of a jar names the providers of a service. */
  static boolean isService(String name) {
    return SERVICE.matcher(name).matches();
  }

  private void put(String name, byte[] bytes) throws IOException {
    if (entries.putIfAbsent(name, bytes) != null) {
      throw new IOException("two jars have " + name);
    }
  }

  /**
   * The jar.
   *
   * @param required the modules of the JDK that its classes need
   */
  byte[] bytes(List<String> required) throws IOException {
    put(ModuleInfo.FILE, ModuleInfo.of(entries, required));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setTimeLocal(TIME);
        zip.putNextEntry(header);
        zip.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }
}
