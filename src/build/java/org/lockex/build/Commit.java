package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;

/** The commit that the image is made of, for {@code --version}. */
final class Commit {
  private Commit() {}

  /**
   * Twelve hexadecimal digits, with {@code -dirty} where files differ from it; empty where there is
   * no Git or no repository.
   */
  static String of(Path folder) throws IOException, InterruptedException {
    ProcessBuilder git =
        new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process;
    try {
      process = git.start();
    } catch (IOException e) {
      return "";
    }
    String commit = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    return process.waitFor() == 0 ? commit : "";
  }
}
