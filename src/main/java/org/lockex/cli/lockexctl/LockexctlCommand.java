package org.lockex.cli.lockexctl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.lockex.cli.Arguments;
import org.lockex.cli.ConnectionOptions;
import org.lockex.cli.DurationText;
import org.lockex.cli.OptionSpecs;
import org.lockex.cli.ProgramRequest;
import org.lockex.cli.UsageException;
import org.lockex.cli.Values;
import org.lockex.cli.VerbosityOptions;
import org.lockex.cli.Version;
import org.lockex.znode.LockId;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The command line of lockexctl; the common options may stand before or after the subcommand. */
public final class LockexctlCommand {
  private static final String EXIT_CODES =
      """

      Exit code: 0 done; 1 no such lock, holder, record, or hold any more, or no local server;
      64 wrong usage; 69 ZooKeeper not reached in time; 70 internal error; 75 not in time;
      77 not authorised by ZooKeeper; 78 lock in use with another concurrency.
      check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
      """;

  private LockexctlCommand() {}

  /**
   * Reads a command line.
   *
   * @param argv the arguments after the program's name, as bytes
   * @param environment looks up a variable of the environment, empty where it is not set
   * @return what is asked for
   * @throws UsageException with one clause that says what is wrong
   */
  public static ProgramRequest<LockexctlOptions> read(
      List<byte[]> argv, Function<String, Optional<String>> environment) throws UsageException {
    List<String> words = argv.stream().map(word -> new String(word, UTF_8)).toList();
    ParseResult top =
        Arguments.parse(commandLine(top()).setStopAtPositional(true), words, "lockexctl");
    if (top.hasMatchedOption("-V")) {
      return new ProgramRequest.Print<>(
          "lockexctl " + Version.text(top.hasMatchedOption("-v")) + "\n");
    }
    List<String> rest = top.matchedPositionalValue(0, List.of());
    if (rest.isEmpty()) {
      if (top.hasMatchedOption("-h")) {
        return new ProgramRequest.Print<>(topHelp());
      }
      throw new UsageException("no subcommand given: see lockexctl --help");
    }
    boolean help = rest.getFirst().equals("help");
    if (help && rest.size() == 1) {
      return new ProgramRequest.Print<>(topHelp());
    }
    Subcommand subcommand = Subcommand.of(rest.get(help ? 1 : 0));
    CommandLine line = commandLine(subcommand.spec());
    if (help || top.hasMatchedOption("-h")) {
      return new ProgramRequest.Print<>(help(line));
    }
    // What stood before the subcommand is read once more with it; what stands after it wins.
    List<String> all = new java.util.ArrayList<>(words.subList(0, words.size() - rest.size()));
    all.addAll(rest.subList(1, rest.size()));
    ParseResult parsed = Arguments.parse(line, all, "lockexctl " + subcommand.word());
    if (parsed.hasMatchedOption("-h")) {
      return new ProgramRequest.Print<>(help(line));
    }
    return new ProgramRequest.Run<>(
        new LockexctlOptions(
            ConnectionOptions.read(parsed, environment),
            VerbosityOptions.read(parsed),
            parsed.hasMatchedOption("--json"),
            subcommand.action(parsed)));
  }

  /** {@return the declaration with all subcommands, for completion and pages} */
  public static CommandSpec spec() {
    CommandSpec spec = top();
    for (Subcommand subcommand : Subcommand.values()) {
      spec.addSubcommand(subcommand.word(), subcommand.spec());
    }
    return spec;
  }

  /** {@return each subcommand with what follows it, as help and pages write it} */
  public static List<String> synopses() {
    return Arrays.stream(Subcommand.values()).map(Subcommand::synopsis).toList();
  }

  private static CommandSpec top() {
    return common(OptionSpecs.command().name("lockexctl"))
        .addOption(
            OptionSpecs.flag(
                "show the version and exit; with -v, too, those of what is bundled",
                "-V",
                "--version"))
        .addPositional(words("SUBCOMMAND [ARG...]", "what to do", "0..*"));
  }

  static CommandSpec common(CommandSpec spec) {
    ConnectionOptions.declare(spec, ConnectionOptions.JOINS_EMBEDDED);
    VerbosityOptions.declare(spec);
    return spec.addOption(OptionSpecs.flag("print JSON", "--json"))
        .addOption(OptionSpecs.flag("show this help and exit", "-h", "--help"));
  }

  static PositionalParamSpec words(String label, String description, String arity) {
    return PositionalParamSpec.builder()
        .paramLabel(label)
        .hideParamSyntax(true)
        .description(description)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity(arity)
        .index("0..*")
        .build();
  }

  private static String help(CommandLine line) {
    line.getCommandSpec()
        .usageMessage()
        .width(80)
        .sortOptions(false)
        .optionListHeading("%n")
        .footer("", "DURATION: seconds, or numbers with ms, s, m, h, d or w.");
    return line.getUsageMessage(Ansi.OFF);
  }

  private static String topHelp() {
    CommandSpec top = top();
    top.remove(top.positionalParameters().getFirst());
    CommandLine line = commandLine(top);
    line.getCommandSpec()
        .usageMessage()
        .customSynopsis("lockexctl [OPTIONS] SUBCOMMAND [ARG...]")
        .description(
            "Shows who holds and who waits for locks, breaks stuck ones, holds them for people.");
    StringBuilder subcommands = new StringBuilder("\nSubcommands (lockexctl SUBCOMMAND --help):\n");
    for (Subcommand subcommand : Subcommand.values()) {
      subcommands.append(
          String.format("  %-18s %s%n", subcommand.synopsis(), subcommand.description()));
    }
    return help(line) + subcommands + EXIT_CODES;
  }

  private static CommandLine commandLine(CommandSpec spec) {
    return OptionSpecs.line(spec);
  }

  /** An optional lock id. */
  static Optional<LockId> id(List<String> words) throws UsageException {
    return words.isEmpty()
        ? Optional.empty()
        : Optional.of(Values.convert("ID", words.getFirst(), LockId::of));
  }

  static Optional<Duration> timeout(ParseResult parsed) throws UsageException {
    return parsed.hasMatchedOption("--timeout")
        ? Optional.of(Values.read(parsed, "--timeout", DurationText::parse, Duration.ZERO))
        : Optional.empty();
  }
}
