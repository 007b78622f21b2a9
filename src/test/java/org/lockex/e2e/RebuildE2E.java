package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A build after a change of one class, or with one more library, in a copy of the project. */
class RebuildE2E {
  private static final Path TARGET = Path.of("target").toAbsolutePath();

  /** What is linked into the runtime. */
  private static final Path MODULE = TARGET.resolve("image/lockex.jar");

  @TempDir Path project;

  @Test
  void runs_the_changed_class_and_not_the_one_in_the_old_cache() throws Exception {
    Path target = Files.createDirectories(project.resolve("target"));
    Files.createDirectories(project.resolve("src/main"));
    run(
        "cp",
        "-a",
        TARGET.resolve("lockex").toString(),
        TARGET.resolve("image").toString(),
        TARGET.resolve("bom.json").toString(),
        "" + target);
    run("cp", "-a", "src/main/launcher", "src/main/share", project.resolve("src/main").toString());
    Path image = target.resolve("lockex");
    String before = cache(image);
    change(MODULE, target.resolve("changed.jar"));
    run(build(target, "changed.jar", libraries()));
    assertNotEquals(before, cache(image));
    // Alone, it would be answered by the launcher.
    assertEquals("LOCKEX 9.9\n", run(image.resolve("bin/lockex").toString(), "-q", "--version"));
    assertTrue(run(image.resolve("bin/lockex").toString(), "--help").startsWith("Usage: "));
  }

  @Test
  void refuses_a_library_that_no_program_needs() throws Exception {
    Path target = Files.createDirectories(project.resolve("target"));
    Files.copy(MODULE, target.resolve("own.jar"));
    Path stray = project.resolve("stray.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(stray))) {
      out.putNextEntry(new ZipEntry("org/example/Stray.class"));
    }
    String said = run(1, build(target, "own.jar", libraries() + File.pathSeparator + stray));
    assertTrue(said.contains("stray.jar: no program names a class of it"), said);
  }

  /** The command that makes the image in {@code target} with this jar as the project's. */
  private List<String> build(Path target, String jar, String libraries) throws IOException {
    // The build is to take that jar's classes and no others, but needs ZooKeeper's itself.
    Path others = Files.copy(MODULE, project.resolve("others.zip"));
    return List.of(
        Path.of(System.getProperty("java.home"), "bin/java").toString(),
        "-cp",
        others + File.pathSeparator + libraries,
        "src/build/java/org/lockex/build/BuildImage.java",
        target.toString(),
        jar,
        "9.9",
        "true");
  }

  /** Those of the image, which lockexd alone needs. */
  private static String libraries() throws IOException {
    try (Stream<Path> jars = Files.list(TARGET.resolve("lockex/lib"))) {
      return jars.map(Path::toString)
          .filter(jar -> jar.endsWith(".jar"))
          .sorted()
          .collect(Collectors.joining(File.pathSeparator));
    }
  }

  /** The one that the launcher asks for; there is no other. */
  private static String cache(Path image) throws IOException {
    try (Stream<Path> files = Files.list(image.resolve("lib"))) {
      List<String> names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.matches("lockex-.*[.]aot"))
              .toList();
      assertEquals(1, names.size(), names::toString);
      return names.getFirst();
    }
  }

  /** Copies the jar with another word in the answer to {@code --version}. */
  private static void change(Path jar, Path changed) throws IOException {
    int changes = 0;
    try (ZipFile zip = new ZipFile(jar.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(changed))) {
      for (ZipEntry entry : zip.stream().toList()) {
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        String text = new String(bytes, ISO_8859_1);
        // The recipe of "lockex " + version + "\n": StringConcatFactory.
        if (entry.getName().endsWith("/LockexCommand.class") && text.contains("lockex \1\n")) {
          bytes = text.replace("lockex \1\n", "LOCKEX \1\n").getBytes(ISO_8859_1);
          changes++;
        }
        out.putNextEntry(new ZipEntry(entry.getName()));
        out.write(bytes);
      }
    }
    assertEquals(1, changes);
  }

  private static String run(String... words) throws IOException, InterruptedException {
    return run(List.of(words));
  }

  private static String run(List<String> words) throws IOException, InterruptedException {
    return run(0, words);
  }

  private static String run(int code, List<String> words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(code, process.waitFor(), () -> String.join(" ", words) + "\n" + out);
    return out;
  }
}
