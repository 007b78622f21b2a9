package org.lockex.build;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * The Java runtime of the image: this JDK, cut down by jlink to the modules that are loaded, with
 * our own classes and libraries as one more.
 */
final class JavaRuntime {
  /** What jdeps finds in the jars and what they load by name. */
  static final List<String> MODULES =
      List.of(
          "java.base",
          "java.logging",
          // ZooKeeper: MBeans of client and server
          "java.management",
          // ZooKeeper: DNS names of its hosts
          "java.naming",
          // SASL: its mechanisms, Kerberos's among them; the classes that ask for tickets
          "java.security.jgss",
          "java.security.sasl",
          "jdk.security.auth",
          "jdk.security.jgss",
          "java.xml",
          // signals: sun.misc.Signal
          "jdk.unsupported");

  private static final List<String> OPTIONS =
      List.of(
          // Debug information stays: it takes 5 MiB, and where it is stripped before or after jlink
          // has
          // generated the holders of java.lang.invoke, as identity hash codes happen to be, the
          // runtime would not be the same twice. Without those holders every start takes longer.
          "--no-header-files",
          "--no-man-pages",
          // Saves 21 MiB on disk: the classes that a start needs come from the AOT cache, and
          // without it a start takes 20 ms longer.
          "--compress=zip-6",
          "--exclude-files=/java.base/bin/keytool,**/legal/**");

  /**
   * Method handles that the first native call links, as {@code
   * -Djava.lang.invoke.MethodHandle.TRACE_RESOLVE=true} tells those it does not find: an AOT cache
   * gets the code of what is in {@code lib/classlist}, the rest every start makes anew, at half a
   * millisecond each. What is not listed here, or no longer needed, does no harm.
   */
  private static final String HANDLES =
      """
      [LF_RESOLVE] java.lang.invoke.DelegatingMethodHandle$Holder reinvoke_L L4J6_J
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeInterface LLJJ_L
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeInterface LLJL_L
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeSpecial L5J6_J
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeSpecial LLJ8_J
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeStatic L4J6_J
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeStatic LJ4_J
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeStatic LJJ_J
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeStatic LLJL_V
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeStatic LL_J
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeStaticInit L4J6_J
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeStaticInit LJ4_J
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeStaticInit LJ_L
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeStaticInit LLJL_V
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeStaticInit LL_J
      [LF_RESOLVE] java.lang.invoke.DirectMethodHandle$Holder invokeVirtual L5_L
      [LF_RESOLVE] java.lang.invoke.Invokers$Holder invokeExact_MT LJ8L_J
      """;

  private JavaRuntime() {}

  /**
   * Makes the runtime, unless the one that is there came from the same JDK, classes and options.
   *
   * @return a name for what it was made of
   */
  static String make(Path home, Path module, Path work) throws IOException {
    String release = Files.readString(Path.of(System.getProperty("java.home"), "release"));
    String classes = Digest.of(Files.readAllBytes(module));
    String stamp = Digest.of(release + classes + MODULES + OPTIONS + HANDLES);
    Path stampFile = work.resolve("runtime.stamp");
    if (Files.isDirectory(home)
        && Files.exists(stampFile)
        && Files.readString(stampFile).equals(stamp)) {
      return stamp;
    }
    Files.deleteIfExists(stampFile);
    Folders.remove(home);
    Files.createDirectories(home.getParent());
    Path part = work.resolve("runtime");
    Folders.remove(part);
    jlink(module, part);
    withoutComments(part.resolve("conf/security/java.security"));
    withoutComments(part.resolve("conf/logging.properties"));
    Files.writeString(
        part.resolve("lib/classlist"),
        HANDLES.lines().map(line -> "@lambda-form-invoker " + line + "\n").collect(joining()),
        StandardOpenOption.APPEND);
    Files.move(part, home);
    Files.writeString(stampFile, stamp);
    return stamp;
  }

  /** They are nine tenths of a file that every start reads. */
  private static void withoutComments(Path properties) throws IOException {
    List<String> lines =
        Files.readAllLines(properties).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();
    Files.write(properties, lines);
  }

  private static void jlink(Path module, Path output) {
    List<String> arguments = new ArrayList<>(OPTIONS);
    arguments.addAll(
        List.of(
            "--module-path",
            module.toString(),
            "--add-modules",
            ModuleInfo.NAME,
            "--output",
            output.toString()));
    int code =
        ToolProvider.findFirst("jlink")
            .orElseThrow()
            .run(System.out, System.err, arguments.toArray(String[]::new));
    if (code != 0) {
      throw new IllegalStateException("jlink: exit code " + code);
    }
  }
}
