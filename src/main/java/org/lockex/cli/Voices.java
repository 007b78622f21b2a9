package org.lockex.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The options that say how much is said on stderr, and how. */
final class Voices {
  private Voices() {}

  static void declare(CommandSpec spec) {
    spec.addOption(OptionSpecs.flag("say on stderr what lockex does", "-v", "--verbose"))
        .addOption(OptionSpecs.flag("also say what the ZooKeeper client says", "--debug"))
        .addOption(OptionSpecs.flag("say nothing but faults", "-q", "--quiet"))
        .addOption(
            OptionSpecs.value(
                "FORMAT", "of the lines on stderr: text (the default) or json", "--log-format"));
  }

  static Voice read(ParseResult parsed) throws UsageException {
    boolean quiet = parsed.hasMatchedOption("-q");
    boolean verbose = parsed.hasMatchedOption("-v");
    if (quiet && verbose) {
      throw new UsageException("--quiet and --verbose exclude each other");
    }
    Voice.Level level =
        parsed.hasMatchedOption("--debug")
            ? Voice.Level.DEBUG
            : verbose ? Voice.Level.VERBOSE : quiet ? Voice.Level.QUIET : Voice.Level.NORMAL;
    return new Voice(level, Values.read(parsed, "--log-format", Voices::format, Voice.Format.TEXT));
  }

  private static Voice.Format format(String text) {
    return switch (text) {
      case "text" -> Voice.Format.TEXT;
      case "json" -> Voice.Format.JSON;
      default -> throw new IllegalArgumentException("must be text or json: " + text);
    };
  }
}
