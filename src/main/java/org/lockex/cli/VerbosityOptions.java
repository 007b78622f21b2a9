package org.lockex.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
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

  /**
   * {@return how to speak of a command line that cannot be read: in the form that it asks for}
   *
   * @param argv the arguments after the program's name, as bytes
   */
  public static Verbosity ofUnread(List<byte[]> argv) {
    String before = "";
    for (byte[] bytes : argv) {
      String argument = new String(bytes, ISO_8859_1);
      if (argument.equals("--")) {
        break;
      }
      if (argument.equals("--log-format=json")
          || (before.equals("--log-format") && argument.equals("json"))) {
        return new Verbosity(Verbosity.Level.NORMAL, Verbosity.Format.JSON);
      }
      before = argument;
    }
    return Verbosity.DEFAULT;
  }

  private static Verbosity.Format format(String text) {
    return switch (text) {
      case "text" -> Verbosity.Format.TEXT;
      case "json" -> Verbosity.Format.JSON;
      default -> throw new IllegalArgumentException("must be text or json: " + text);
    };
  }
}
