package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.constant.ClassDesc;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The jars that a program needs: those with a class that its main class names, or that a class so
 * named names in turn; the providers of a service (META-INF/services) count as named by its class.
 * What is loaded by a name in a text only is not seen.
 *
 * <p>Classes are keyed by their descriptors.
 */
final class Reachable {
  private record Home(Path jar, String entry) {}

  private final Map<String, Home> homes = new HashMap<>();
  private final Map<String, List<String>> providers = new HashMap<>();

  /** Looks into these jars; of two with the same class the first counts. */
  Reachable(List<Path> jars) throws IOException {
    for (Path jar : jars) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        for (ZipEntry entry : zip.stream().toList()) {
          String name = entry.getName();
          if (MergedJar.isService(name)) {
            String text = new String(zip.getInputStream(entry).readAllBytes(), UTF_8);
            providers
                .computeIfAbsent(
                    descriptor(name.substring(name.lastIndexOf('/') + 1)), _ -> new ArrayList<>())
                .addAll(
                    text.lines()
                        .map(line -> line.replaceFirst("#.*", "").strip())
                        .filter(line -> !line.isEmpty())
                        .map(Reachable::descriptor)
                        .toList());
          } else if (name.endsWith(".class")) {
            String type = name.substring(0, name.length() - ".class".length());
            homes.putIfAbsent(descriptor(type), new Home(jar, name));
          }
        }
      }
    }
  }

  private static String descriptor(String name) {
    return "L" + name.replace('.', '/') + ";";
  }

  /** The jars that these main classes need. */
  Set<Path> from(List<Class<?>> mains) throws IOException {
    Map<Path, ZipFile> opened = new HashMap<>();
    Set<String> found = new HashSet<>();
    Deque<String> left = new ArrayDeque<>();
    mains.forEach(main -> left.add(main.descriptorString()));
    try {
      while (!left.isEmpty()) {
        String type = left.remove();
        Home home = homes.get(type);
        if (home != null && found.add(type)) {
          ZipFile zip = opened.get(home.jar);
          if (zip == null) {
            zip = new ZipFile(home.jar.toFile());
            opened.put(home.jar, zip);
          }
          left.addAll(named(zip.getInputStream(zip.getEntry(home.entry)).readAllBytes()));
          left.addAll(providers.getOrDefault(type, List.of()));
        }
      }
    } finally {
      for (ZipFile zip : opened.values()) {
        zip.close();
      }
    }
    return opened.keySet();
  }

  private static List<String> named(byte[] classFile) {
    List<String> names = new ArrayList<>();
    for (PoolEntry constant : ClassFile.of().parse(classFile).constantPool()) {
      if (constant instanceof ClassEntry entry) {
        ClassDesc type = entry.asSymbol();
        while (type.isArray()) {
          type = type.componentType();
        }
        names.add(type.descriptorString());
      }
    }
    return names;
  }
}
