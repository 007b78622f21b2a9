package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Short names for contents: two contents with the same name are the same. */
final class Digest {
  private Digest() {}

  /**
   * Names all that an AOT cache depends on: the runtime, the jars with their order, the flags in
   * the launcher.
   */
  static String ofFiles(String runtime, List<Path> jars, Path launchers) throws IOException {
    MessageDigest digest = sha256();
    digest.update(runtime.getBytes(UTF_8));
    for (Path jar : jars) {
      add(digest, jar);
    }
    try (Stream<Path> files = Files.list(launchers)) {
      for (Path launcher : files.sorted().toList()) {
        add(digest, launcher);
      }
    }
    return name(digest);
  }

  private static void add(MessageDigest digest, Path file) throws IOException {
    digest.update(file.getFileName().toString().getBytes(UTF_8));
    digest.update(Files.readAllBytes(file));
  }

  static String of(byte[] bytes) {
    MessageDigest digest = sha256();
    digest.update(bytes);
    return name(digest);
  }

  static String of(String text) {
    return of(text.getBytes(UTF_8));
  }

  private static String name(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
