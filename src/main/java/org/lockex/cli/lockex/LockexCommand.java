package org.lockex.cli.lockex;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.ArrayList;
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
import org.lockex.cli.Verbosity;
import org.lockex.cli.VerbosityOptions;
import org.lockex.cli.Version;
import org.lockex.znode.LockId;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command line of lockex.
 *
 * <p>Options end at the first argument that is not one, or at {@code --}. picocli only counts the
 * words that follow; their bytes are taken from the raw command line, never from a decoded string.
 */
public final class LockexCommand {
  private static final int MOST_OPTION_WORDS = 1000;
  private static final byte[] SHELL = "/bin/sh".getBytes(UTF_8);
  private static final byte[] DASH_C = "-c".getBytes(UTF_8);

  private LockexCommand() {}

  /**
   * Reads a command line.
   *
   * @param argv the arguments after the program's name, as bytes
   * @param environment looks up a variable of the environment, empty where it is not set
   * @return what is asked for
   * @throws UsageException with one clause that says what is wrong
   */
  public static ProgramRequest<LockexOptions> read(
      List<byte[]> argv, Function<String, Optional<String>> environment) throws UsageException {
    CommandLine line = commandLine();
    ParseResult parsed = parse(line, argv);
    if (parsed.hasMatchedOption("-h")) {
      return new ProgramRequest.Print<>(Help.of(line.getCommandSpec()));
    }
    if (parsed.hasMatchedOption("-V")) {
      return new ProgramRequest.Print<>(
          "lockex " + Version.text(parsed.hasMatchedOption("-v")) + "\n");
    }
    List<String> words = parsed.matchedPositionalValue(0, List.of());
    int first = argv.size() - words.size();
    requireText(argv.subList(0, first));
    LockexOptions options =
        options(parsed, environment, command(parsed, argv.subList(first, argv.size())));
    return parsed.hasMatchedOption("--print-id")
        ? new ProgramRequest.Print<>(options.lockId().value() + "\n")
        : new ProgramRequest.Run<>(options);
  }

  /**
   * {@return how lockex speaks, read from options that may be wrong elsewhere: a usage error is
   * told in the form that was asked for}
   *
   * @param argv the arguments after the program's name, as bytes
   */
  public static Verbosity verbosity(List<byte[]> argv) {
    try {
      return VerbosityOptions.read(parse(commandLine(), argv));
    } catch (UsageException e) {
      return VerbosityOptions.ofUnread(argv);
    }
  }

  /** {@return the command's declaration, for completion and pages} */
  public static CommandSpec spec() {
    CommandSpec spec = OptionSpecs.command().name("lockex");
    spec.addOption(
            OptionSpecs.value(
                "ID", "name of the lock (default: from the command)", "-i", "--lockid"))
        .addOption(
            OptionSpecs.value("N", "how many may run at once (default: 1)", "-c", "--concurrent"))
        .addOption(
            OptionSpecs.value(
                "DURATION",
                "wait at most this long for others; 0: do not wait (default: for ever)",
                "-t",
                "--timeout",
                "--locktimeout"))
        .addOption(OptionSpecs.flag("do not wait, like -t 0", "-n", "--no-blocking"))
        .addOption(OptionSpecs.flag("wait (this is the default)", "--blocking"))
        .addOption(
            OptionSpecs.value(
                "DURATION", "before connecting wait for this host's part of it", "--splay"))
        .addOption(
            OptionSpecs.value(
                "N",
                "exit code where the lock is busy (default: 75)",
                "-E",
                "--conflict-exit-code"))
        .addOption(
            OptionSpecs.value(
                "DURATION",
                "send SIGKILL this long after SIGTERM (default: as long as the lock is held, wait)",
                "-k",
                "--kill-after"))
        .addOption(
            OptionSpecs.value(
                "DURATION", "end the command after this time, and exit with 124", "--max-run"))
        .addOption(
            OptionSpecs.value(
                "SIGNAL",
                "what asks the command to end when lockex has to end it (default: TERM)",
                "--stop-signal"))
        .addOption(
            OptionSpecs.value("SCRIPT", "run this by /bin/sh when the lock is lost", "--on-lost"))
        .addOption(
            OptionSpecs.value(
                "DURATION",
                "exit 0 without running if the command succeeded anywhere within this time",
                "--once-per"))
        .addOption(
            OptionSpecs.flag(
                "with --once-per: a run counts from its start, even if it fails",
                "--once-per-attempt"))
        .addOption(
            OptionSpecs.value(
                "N",
                "exit code when --once-per leaves nothing to do (default: 0)",
                "--skip-exit-code"))
        .addOption(OptionSpecs.value("DURATION", "keep the lock at least this long", "--hold"))
        .addOption(OptionSpecs.flag("the one argument is a /bin/sh script", "-s", "--shell"))
        .addOption(OptionSpecs.flag("show the name of the lock and exit", "--print-id"));
    ConnectionOptions.declare(spec, ConnectionOptions.JOINS_EMBEDDED);
    VerbosityOptions.declare(spec);
    return spec.addOption(
            OptionSpecs.value("N", "accepted as in the Python lockex", "-r", "--lockretry"))
        .addOption(OptionSpecs.value("N", "accepted as in the Python lockex", "-R", "--retry"))
        .addOption(OptionSpecs.flag("show this help and exit", "-h", "--help"))
        .addOption(
            OptionSpecs.flag("show the version and exit; with -v, of all parts", "-V", "--version"))
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("COMMAND [ARG...]")
                .hideParamSyntax(true)
                .description("the command to run, directly, not through a shell")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("0..*")
                .index("0..*")
                .build());
  }

  private static CommandLine commandLine() {
    return OptionSpecs.line(spec()).setStopAtPositional(true);
  }

  private static ParseResult parse(CommandLine line, List<byte[]> argv) throws UsageException {
    List<String> words = new ArrayList<>(argv.size());
    for (byte[] word : argv) {
      // So many can only be the command's, which are counted, not read: a String of each of 70,000
      // file names would take more memory than the rest of lockex.
      words.add(words.size() < MOST_OPTION_WORDS ? new String(word, UTF_8) : "");
    }
    return Arguments.parse(line, words, "lockex");
  }

  private static LockexOptions options(
      ParseResult parsed, Function<String, Optional<String>> environment, List<byte[]> command)
      throws UsageException {
    Values.number(parsed, "-r", -1, Integer.MAX_VALUE, 1);
    Values.number(parsed, "-R", -1, Integer.MAX_VALUE, 1);
    return new LockexOptions(
        ConnectionOptions.read(parsed, environment),
        lockId(parsed, command),
        !parsed.hasMatchedOption("-i"),
        Values.number(parsed, "-c", 1, Integer.MAX_VALUE, 1),
        timeout(parsed),
        parsed.hasMatchedOption("--splay")
            ? Values.read(parsed, "--splay", DurationText::parse, Duration.ZERO)
            : Duration.ZERO,
        Values.number(parsed, "-E", 0, 255, org.lockex.ExitCode.BUSY.code()),
        parsed.hasMatchedOption("-k")
            ? Optional.of(Values.read(parsed, "-k", DurationText::parse, Duration.ZERO))
            : Optional.empty(),
        parsed.hasMatchedOption("--max-run")
            ? Optional.of(Values.positive(parsed, "--max-run", Duration.ZERO))
            : Optional.empty(),
        Values.read(parsed, "--stop-signal", StopSignal::parse, StopSignal.DEFAULT),
        parsed.hasMatchedOption("--on-lost")
            ? Optional.of(parsed.matchedOptionValue("--on-lost", ""))
            : Optional.empty(),
        Values.read(parsed, "--hold", DurationText::parse, Duration.ZERO),
        oncePer(parsed),
        VerbosityOptions.read(parsed),
        command);
  }

  private static LockId lockId(ParseResult parsed, List<byte[]> command) throws UsageException {
    // The digest costs some milliseconds, at first use.
    return Values.read(parsed, "-i", text -> Optional.of(LockId.of(text)), Optional.<LockId>empty())
        .orElseGet(() -> LockId.derived(command));
  }

  private static Optional<OncePer> oncePer(ParseResult parsed) throws UsageException {
    boolean attempt = parsed.hasMatchedOption("--once-per-attempt");
    int skipExitCode = Values.number(parsed, "--skip-exit-code", 0, 255, 0);
    if (!parsed.hasMatchedOption("--once-per")) {
      if (attempt || parsed.hasMatchedOption("--skip-exit-code")) {
        throw new UsageException(
            (attempt ? "--once-per-attempt" : "--skip-exit-code") + ": needs --once-per DURATION");
      }
      return Optional.empty();
    }
    if (Values.number(parsed, "-c", 1, Integer.MAX_VALUE, 1) > 1) {
      throw new UsageException("--once-per and --concurrent exclude each other");
    }
    return Optional.of(
        new OncePer(Values.positive(parsed, "--once-per", Duration.ZERO), attempt, skipExitCode));
  }

  private static Optional<Duration> timeout(ParseResult parsed) throws UsageException {
    boolean wait = !parsed.hasMatchedOption("-n");
    if (!wait && parsed.hasMatchedOption("--blocking")) {
      throw new UsageException("--blocking and --no-blocking exclude each other");
    }
    if (!wait) {
      return Optional.of(Duration.ZERO);
    }
    return parsed.hasMatchedOption("-t")
        ? Optional.of(Values.read(parsed, "-t", DurationText::parse, Duration.ZERO))
        : Optional.empty();
  }

  private static List<byte[]> command(ParseResult parsed, List<byte[]> given)
      throws UsageException {
    if (given.isEmpty()) {
      throw new UsageException("no command given: see lockex --help");
    }
    if (!parsed.hasMatchedOption("-s")) {
      return List.copyOf(given);
    }
    if (given.size() > 1) {
      throw new UsageException("--shell takes one argument, the script; got " + given.size());
    }
    return List.of(SHELL, DASH_C, given.getFirst());
  }

  private static void requireText(List<byte[]> options) throws UsageException {
    for (byte[] option : options) {
      try {
        UTF_8.newDecoder().decode(ByteBuffer.wrap(option));
      } catch (CharacterCodingException e) {
        throw new UsageException("not UTF-8: " + new String(option, UTF_8));
      }
    }
  }
}
