package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Writes the notices of all that the image holds of others: the list of libraries with their
 * licences, then every licence and notice found in the jars and in the JDK that the runtime came
 * from, equal texts once.
 */
final class Notices {
  private static final Pattern NOTICE =
      Pattern.compile(
          "(META-INF/([^/]+[.]jar/)?)?([^/]*[-_.])?(LICEN[CS]E|NOTICE|COPYING)[^/]*",
          Pattern.CASE_INSENSITIVE);

  private final Map<String, StringBuilder> sourcesByText = new LinkedHashMap<>();

  private Notices() {}

  /**
   * Writes {@code third-party/THIRD-PARTY} from {@code third-party/LIST} and the image.
   *
   * @param args the target folder
   */
  public static void main(String... args) throws IOException {
    Path target = Path.of(args[0]);
    Path image = target.resolve("lockex");
    Path folder = target.resolve("third-party");
    Notices notices = new Notices();
    notices.addJar(target.resolve("image/lockex.jar"));
    for (Path jar : sorted(image.resolve("lib"))) {
      if (jar.toString().endsWith(".jar")) {
        notices.addJar(jar);
      }
    }
    notices.addRuntime(image.resolve("runtime"), Path.of(System.getProperty("java.home"), "legal"));
    String text = Files.readString(folder.resolve("LIST")).strip() + "\n" + notices.text();
    Files.writeString(folder.resolve("THIRD-PARTY"), text);
  }

  /** Whether this entry of a jar is one. */
  static boolean isNotice(String name) {
    return NOTICE.matcher(name).matches();
  }

  private void addJar(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (!entry.isDirectory() && isNotice(entry.getName())) {
          add(jar.getFileName() + ": " + entry.getName(), zip.getInputStream(entry).readAllBytes());
        }
      }
    }
  }

  /**
   * The texts of the modules that {@code runtime} has: it was linked from the JDK that runs this.
   */
  private void addRuntime(Path runtime, Path legal) throws IOException {
    for (String module : modules(runtime)) {
      Path folder = legal.resolve(module);
      if (Files.isDirectory(folder)) {
        for (Path file : sorted(folder)) {
          add("Java runtime: " + module + "/" + file.getFileName(), Files.readAllBytes(file));
        }
      }
    }
  }

  private static List<String> modules(Path runtime) throws IOException {
    return Files.readAllLines(runtime.resolve("release")).stream()
        .filter(line -> line.startsWith("MODULES="))
        .flatMap(line -> Stream.of(line.substring(8).replace("\"", "").split(" ")))
        .toList();
  }

  private void add(String source, byte[] bytes) {
    String text = new String(bytes, UTF_8).replace("\r", "").stripTrailing();
    sourcesByText.computeIfAbsent(text, _ -> new StringBuilder()).append(source).append('\n');
  }

  private String text() {
    StringBuilder all = new StringBuilder();
    sourcesByText.forEach((text, sources) ->
        all.append("\n")
            .append("=".repeat(80))
            .append('\n')
            .append(sources)
            .append("=".repeat(80))
            .append("\n\n")
            .append(text)
            .append('\n'));
    return all.toString();
  }

  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
