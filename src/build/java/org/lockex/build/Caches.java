package org.lockex.build;

import java.nio.file.Path;

/** AOT caches. */
final class Caches {
  private Caches() {}

  static void make(Path image, String hash, Path work) {}
}
