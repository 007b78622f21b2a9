package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toCollection;

import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ModuleDesc;
import java.lang.constant.PackageDesc;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The descriptor that makes one module of our classes and the libraries: open, everything exported,
 * with the services that files in {@code META-INF} name. It is written here and not in the sources,
 * because most of the libraries are no modules, and none of it is a boundary for us.
 */
final class ModuleInfo {
  /** The name of the file and of the module. */
  static final String FILE = "module-info.class";

  static final String NAME = "org.lockex";

  private ModuleInfo() {}

  /** The class file for these entries of a jar. */
  static byte[] of(Map<String, byte[]> entries, List<String> required) {
    TreeSet<String> packages =
        entries.keySet().stream()
            .filter(name -> name.endsWith(".class") && name.contains("/"))
            .map(name -> name.substring(0, name.lastIndexOf('/')).replace('/', '.'))
            .collect(toCollection(TreeSet::new));
    Map<String, List<String>> providers = new TreeMap<>();
    entries.forEach((name, bytes) -> {
      if (MergedJar.isService(name)) {
        providers.put(name.substring(name.lastIndexOf('/') + 1), lines(bytes));
      }
    });
    ModuleAttribute module =
        ModuleAttribute.of(
            ModuleDesc.of(NAME),
            builder -> {
              builder.moduleFlags(ClassFile.ACC_OPEN);
              for (String name : required) {
                boolean base = name.equals("java.base");
                builder.requires(ModuleDesc.of(name), base ? ClassFile.ACC_MANDATED : 0, null);
              }
              packages.forEach(name -> builder.exports(PackageDesc.of(name), 0));
              providers.forEach((service, names) -> {
                builder.uses(ClassDesc.of(service));
                builder.provides(
                    ClassDesc.of(service),
                    names.stream().map(ClassDesc::of).toArray(ClassDesc[]::new));
              });
            });
    return ClassFile.of().buildModule(module);
  }

  private static List<String> lines(byte[] bytes) {
    return new String(bytes, UTF_8)
        .lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }
}
