package org.lockex.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes the image: {@code target/lockex} with its programs, jars, runtime and AOT caches.
 *
 * <p>Run by Maven with the project's class path; nothing that is up to date is made again.
 */
final class BuildImage {
  /** What people take from the image for their own tools. */
  private static final List<String> SHARED =
      List.of("lockcli.py", "prometheus/lockex.rules.yml", "grafana/lockex.json");

  private BuildImage() {}

  /**
   * Builds the image.
   *
   * @param args the target folder, the name of the project's jar in it, and the version
   */
  public static void main(String... args) throws InterruptedException {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    try {
      build(args);
      System.exit(0);
    } catch (IOException e) {
      // ZooKeeper replaces the handler of uncaught exceptions by its own log.
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void build(String... args) throws IOException, InterruptedException {
    Path target = Path.of(args[0]).toAbsolutePath();
    Path image = target.resolve("lockex");
    Path work = Files.createDirectories(target.resolve("image"));
    Path launchers = target.resolveSibling("src/main/launcher");

    Libraries libraries =
        Libraries.copyAll(
            target.resolve(args[1]), work.resolve("lockex.jar"), image.resolve("lib"));
    String runtime = JavaRuntime.make(image.resolve("runtime"), libraries.module(), work);
    String hash = Digest.ofFiles(runtime, libraries.jars(), launchers);
    String commit = Commit.of(target.getParent());
    String version = commit.isEmpty() ? args[2] : args[2] + " (" + commit + ")";
    for (Program program : Program.ALL) {
      program.write(launchers, image, libraries.jars(), hash, version);
    }
    Path share = Files.createDirectories(image.resolve("share"));
    for (String file : SHARED) {
      Path copy = share.resolve(file);
      Files.createDirectories(copy.getParent());
      Folders.write(copy, Files.readAllBytes(target.resolveSibling("src/main/share/" + file)));
    }
    Completions.write(share);
    HelpTexts.write(image.resolve("lib"));
    BillOfMaterials.write(target.resolve("bom.json"), image);
    new Caches(image, work, hash).make(Boolean.parseBoolean(args[3]) ? Program.ALL : List.of());
  }
}
