package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A copy of the image in which a program's one run leaves its AOT cache: the launcher is the
 * image's, {@code runtime/bin/java} is a script that adds the recording (JEP 514), so that every
 * flag of the launcher takes part. The jars are named where they are in the image: where the cache
 * has a path that is not there any more, a start asks for it in vain again and again.
 */
final class Trainee {
  private final Path image;
  private final Path folder;
  private final Program program;
  private final Path cache;

  Trainee(Path image, Path folder, Program program, Path cache) throws IOException {
    this.image = image;
    this.folder = folder;
    this.program = program;
    this.cache = cache;
    Path launcher = program.in(folder);
    Files.createDirectories(launcher.getParent());
    Files.copy(program.in(image), launcher);
    Path java = folder.resolve("runtime/bin/java");
    Files.createDirectories(java.getParent());
    Files.write(java, script().getBytes(UTF_8));
    Files.createSymbolicLink(folder.resolve("runtime/lib"), image.resolve("runtime/lib"));
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Starts the program with the recording; it is to end by itself, with exit code 0. */
  Run.Running start(List<String> first, List<String> options, String... arguments)
      throws IOException {
    return start(program.in(folder), concat(first, concat(options, List.of(arguments))));
  }

  /** Starts the program as it is, to play the other part. */
  Run.Running original(List<String> options, String... arguments) throws IOException {
    return start(program.in(image), concat(options, List.of(arguments)));
  }

  /** Starts another program of the image. */
  Run.Running other(String name, Map<String, String> environment, String... arguments)
      throws IOException {
    return new Run(
            "run " + name + " to train " + program.name(),
            concat(List.of(image.resolve("bin").resolve(name).toString()), List.of(arguments)))
        .start(environment);
  }

  private Run.Running start(Path file, List<String> arguments) throws IOException {
    return new Run("train " + program.name(), concat(List.of(file.toString()), arguments))
        .start(Map.of());
  }

  private static List<String> concat(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  Path folder() {
    return folder;
  }

  private String script() {
    return """
    #!/bin/sh
    for argument; do
      shift
      case $argument in
        -Xshare:auto) continue ;; # says a launcher without its cache; not with a recording
        *'%2$s/lib/'*) argument=$(printf %%s "$argument" | sed 's|%2$s/lib/|%1$s/lib/|g') ;;
      esac
      set -- "$@" "$argument"
    done
    # The heap that is enough to run is too small to write the cache, which a JVM of its own does.
    JDK_AOT_VM_OPTIONS=-Xmx512m exec '%1$s/runtime/bin/java' '-XX:AOTCacheOutput=%3$s' \\
      -Dlockex.training=true "$@"
    """
        .formatted(image, folder, cache);
  }
}
