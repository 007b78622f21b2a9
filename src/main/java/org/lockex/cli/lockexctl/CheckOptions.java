package org.lockex.cli.lockexctl;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lockex.cli.DurationText;
import org.lockex.cli.OptionSpecs;
import org.lockex.cli.UsageException;
import org.lockex.cli.Values;
import org.lockex.znode.LockId;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of {@code lockexctl check}. */
final class CheckOptions {
  private static final String PATTERN = "*?[\\";

  private CheckOptions() {}

  static List<OptionSpec> all() {
    return List.of(
        limit("CRITICAL if it is held for longer", "--max-held"),
        limit("CRITICAL if anybody waits for longer", "--max-wait"),
        limit("CRITICAL if the last --once-per run that succeeded is older", "--max-age"),
        limit("WARNING if it is held for longer", "--warn-held"),
        limit("WARNING if anybody waits for longer", "--warn-wait"),
        limit("WARNING if the last successful run is older", "--warn-age"));
  }

  private static OptionSpec limit(String description, String name) {
    return OptionSpecs.value("DURATION", description, name);
  }

  /** A word with a character that has a meaning in patterns is one. */
  static LockexctlAction read(ParseResult parsed, List<String> words) throws UsageException {
    List<LockId> names = new ArrayList<>();
    List<Glob> patterns = new ArrayList<>();
    for (String word : words) {
      if (word.chars().anyMatch(c -> PATTERN.indexOf(c) >= 0)) {
        patterns.add(Values.convert("PATTERN", word, Glob::of));
      } else {
        names.add(Values.convert("ID", word, LockId::of));
      }
    }
    return new LockexctlAction.Check(
        names, patterns, limits(parsed, "--max"), limits(parsed, "--warn"));
  }

  private static CheckLimits limits(ParseResult parsed, String kind) throws UsageException {
    return new CheckLimits(
        duration(parsed, kind + "-held"),
        duration(parsed, kind + "-wait"),
        duration(parsed, kind + "-age"));
  }

  private static Optional<Duration> duration(ParseResult parsed, String name)
      throws UsageException {
    return parsed.hasMatchedOption(name)
        ? Optional.of(Values.read(parsed, name, DurationText::parse, Duration.ZERO))
        : Optional.empty();
  }
}
