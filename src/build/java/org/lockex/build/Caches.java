package org.lockex.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The AOT caches (JEP 483, 514, 515): the classes of a real run, ready to map.
 *
 * <p>A cache that does not fit is worse than none: Java 25 does not compare application jars with
 * it and runs the old class. So its name carries the hash of all it depends on, a launcher asks for
 * that name only, and no other is left.
 */
final class Caches {
  private final Path image;
  private final Path work;
  private final String hash;

  Caches(Path image, Path work, String hash) {
    this.image = image;
    this.work = work;
    this.hash = hash;
  }

  void make(List<Program> programs) throws IOException, InterruptedException {
    removeOthers(programs.stream().map(this::file).collect(Collectors.toSet()));
    // They wait for their servers more than they compute.
    List<Future<?>> made = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Program program : programs) {
        if (program.training().isPresent() && !Files.exists(file(program))) {
          Training training = program.training().get();
          made.add(
              executor.submit(() -> {
                make(program, training);
                return null;
              }));
        }
      }
    }
    for (Future<?> cache : made) {
      try {
        cache.get();
      } catch (ExecutionException e) {
        throw new IOException(e.getCause());
      }
    }
  }

  private Path file(Program program) {
    return image.resolve("lib").resolve(program.name() + "-" + hash + ".aot");
  }

  private void make(Program program, Training training) throws IOException, InterruptedException {
    Path folder = work.resolve("training").resolve(program.name());
    Folders.remove(folder);
    Path cache = folder.resolve("cache");
    training.run(new Trainee(image, folder, program, cache));
    if (!Files.exists(cache)) {
      throw new IOException("the training of " + program.name() + " left no AOT cache");
    }
    Files.move(cache, file(program), StandardCopyOption.ATOMIC_MOVE);
    Folders.remove(folder);
  }

  private void removeOthers(Set<Path> wanted) throws IOException {
    Set<Path> others;
    try (Stream<Path> files = Files.list(image.resolve("lib"))) {
      others =
          files
              .filter(file -> file.toString().endsWith(".aot") && !wanted.contains(file))
              .collect(Collectors.toCollection(TreeSet::new));
    }
    for (Path other : others) {
      Files.delete(other);
    }
  }
}
