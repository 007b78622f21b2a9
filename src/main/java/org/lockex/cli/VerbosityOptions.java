package org.lockex.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The options that say how much is said on stderr, and how. */
public final class VerbosityOptions {
  private VerbosityOptions() {}

  /**
   * Adds the options to a command.
   *
   * @param spec a command's declaration
   */
  public static void declare(CommandSpec spec) {
    spec.addOption(OptionSpecs.flag("say on stderr what lockex does", "-v", "--verbose"))
        .addOption(OptionSpecs.flag("also say what the ZooKeeper client says", "--debug"))
        .addOption(OptionSpecs.flag("say nothing but faults", "-q", "--quiet"))
        .addOption(
            OptionSpecs.value(
                "FORMAT", "of the lines on stderr: text (the default) or json", "--log-format"));
  }

  /**
   * Reads the options.
   *
   * @param parsed a command line with the options of {@link #declare}
   * @return what they ask for
   * @throws UsageException where a value is wrong, or two exclude each other
   */
  public static Verbosity read(ParseResult parsed) throws UsageException {
    boolean quiet = parsed.hasMatchedOption("-q");
    boolean verbose = parsed.hasMatchedOption("-v");
    if (quiet && verbose) {
      throw new UsageException("--quiet and --verbose exclude each other");
    }
    Verbosity.Level level =
        parsed.hasMatchedOption("--debug")
            ? Verbosity.Level.DEBUG
            : verbose
                ? Verbosity.Level.VERBOSE
                : quiet ? Verbosity.Level.QUIET : Verbosity.Level.NORMAL;
    return new Verbosity(
        level,
        Values.read(parsed, "--log-format", VerbosityOptions::format, Verbosity.Format.TEXT));
  }

  private static Verbosity.Format format(String text) {
    return switch (text) {
      case "text" -> Verbosity.Format.TEXT;
      case "json" -> Verbosity.Format.JSON;
      default -> throw new IllegalArgumentException("must be text or json: " + text);
    };
  }
}
