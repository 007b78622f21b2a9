package org.lockex.cli.lockexd;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
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
import org.lockex.cli.lockexd.LockexdOptions.Limits;
import org.lockex.cli.lockexd.LockexdOptions.Tls;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The command line of lockexd. */
public final class LockexdCommand {
  private static final int MEBIBYTE = 1024 * 1024;

  private LockexdCommand() {}

  /**
   * Reads a command line.
   *
   * @param argv the arguments after the program's name
   * @param environment looks up a variable of the environment, empty where it is not set
   * @return what is asked for
   * @throws UsageException with one clause that says what is wrong
   */
  public static ProgramRequest<LockexdOptions> read(
      String[] argv, Function<String, Optional<String>> environment) throws UsageException {
    CommandLine line = OptionSpecs.line(spec());
    ParseResult parsed = Arguments.parse(line, List.of(argv), "lockexd");
    if (parsed.hasMatchedOption("-h")) {
      return new ProgramRequest.Print<>(line.getUsageMessage(Ansi.OFF));
    }
    if (parsed.hasMatchedOption("-V")) {
      return new ProgramRequest.Print<>(
          "lockexd " + Version.text(parsed.hasMatchedOption("-v")) + "\n");
    }
    return new ProgramRequest.Run<>(options(parsed, environment));
  }

  /** {@return the command's declaration, for completion and pages} */
  public static CommandSpec spec() {
    CommandSpec spec = OptionSpecs.command().name("lockexd");
    spec.usageMessage()
        .width(80)
        .sortOptions(false)
        .customSynopsis("lockexd [OPTIONS]")
        .description("Serves the locks of lockex over HTTP: RDLM, Lock::Server and lockserver.")
        .optionListHeading("%n");
    spec.addOption(
            list(
                "HOST:PORT",
                "where to listen; may be given again (default: 127.0.0.1:8888)",
                "-l",
                "--listen"))
        .addOption(
            OptionSpecs.value("FILE", "lockserver's configuration, with its locks", "--config"))
        .addOption(
            OptionSpecs.value(
                "no|yes|FILE",
                "who may see and delete all locks: nobody (the default), everybody, or the users"
                    + " in FILE, lines of user:password as htpasswd -B writes them",
                "--admin-userpass-file"))
        .addOption(
            OptionSpecs.value(
                "FILE",
                "clients need the secret in FILE (Authorization: Bearer) to take and free locks",
                "--client-secret-file"))
        .addOption(OptionSpecs.value("PEM", "speak TLS with this certificate", "--tls-cert"))
        .addOption(OptionSpecs.value("PEM", "and this private key", "--tls-key"))
        .addOption(
            OptionSpecs.value(
                "PEM", "clients need a certificate of one of these authorities", "--tls-client-ca"))
        .addOption(
            OptionSpecs.value(
                "URL",
                "where clients reach lockexd: Location begins with it (default: where they say)",
                "--public-url"))
        .addOption(
            list(
                "CIDR",
                "a proxy whose Forwarded and X-Forwarded-* count; may be given again (default:"
                    + " none)",
                "--trusted-proxy"))
        .addOption(OptionSpecs.flag("GET /SHUTDOWN stops lockexd", "--allow-shutdown"))
        .addOption(
            OptionSpecs.value(
                "DURATION",
                "a lock of GET /LOCK is held this long (default: 3s)",
                "--lock-timeout"))
        .addOption(
            OptionSpecs.value(
                "DURATION", "GET /LOCK waits this long (default: 4s)", "--attempt-timeout"))
        .addOption(
            OptionSpecs.value(
                "DURATION",
                "after SIGUSR1 or POST /drain it is not ready, and stops so much later (default:"
                    + " 30s)",
                "--drain"))
        .addOption(
            OptionSpecs.value(
                "N",
                "locks that /metrics shows one by one, by name, to everybody (default: 0;"
                    + " administrators see all)",
                "--metrics-locks"))
        .addOption(
            OptionSpecs.value(
                "N", "requests that wait at once; more get 503 (default: 20000)", "--max-waiting"))
        .addOption(
            OptionSpecs.value(
                "N",
                "the same of one address; more get 429 (default: 10000)",
                "--max-waiting-per-client"))
        .addOption(
            OptionSpecs.value(
                "N",
                "locks that one address holds at once; more get 429 (default: 10000)",
                "--max-grants-per-client"))
        .addOption(
            OptionSpecs.value(
                "N", "locks at once; more get 503 (default: 100000)", "--max-resources"))
        .addOption(
            OptionSpecs.value("BYTES", "of a body; more get 413 (default: 65536)", "--max-body"))
        .addOption(
            OptionSpecs.value(
                "BYTES",
                "of all bodies together; more get 503 (default: 33554432)",
                "--max-bodies"))
        .addOption(
            OptionSpecs.value(
                "N",
                "connections of one address, at least --max-waiting-per-client; more are closed"
                    + " (default: 1000 more than that)",
                "--max-connections-per-client"))
        .addOption(
            OptionSpecs.value(
                "DURATION",
                "for a request to arrive; of a slower one the connection is closed (default: 30s)",
                "--max-request-time"))
        .addOption(
            OptionSpecs.value(
                "BYTES", "of a header; more get 431 (default: 16384)", "--max-header"));
    ConnectionOptions.declare(spec, "run a ZooKeeper server inside, its data in DIR");
    VerbosityOptions.declare(spec);
    return spec.addOption(OptionSpecs.flag("show this help and exit", "-h", "--help"))
        .addOption(
            OptionSpecs.flag(
                "show the version and exit; with -v, too, those of what is bundled",
                "-V",
                "--version"));
  }

  private static OptionSpec list(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  private static LockexdOptions options(
      ParseResult parsed, Function<String, Optional<String>> environment) throws UsageException {
    return new LockexdOptions(
        listens(parsed),
        ConnectionOptions.read(parsed, environment),
        Values.file(parsed, "--config"),
        Values.read(parsed, "--admin-userpass-file", LockexdCommand::administrators, "no"),
        Values.file(parsed, "--client-secret-file"),
        tls(parsed),
        publicUrl(parsed),
        List.copyOf(parsed.matchedOptionValue("--trusted-proxy", List.of())),
        parsed.hasMatchedOption("--allow-shutdown"),
        Values.positive(parsed, "--lock-timeout", Duration.ofSeconds(3)),
        Values.read(parsed, "--attempt-timeout", DurationText::parse, Duration.ofSeconds(4)),
        Values.read(parsed, "--drain", DurationText::parse, Duration.ofSeconds(30)),
        Values.number(parsed, "--metrics-locks", 0, Integer.MAX_VALUE, 0),
        limits(parsed),
        VerbosityOptions.read(parsed));
  }

  /** {@code yes}, {@code no} or a file. */
  private static String administrators(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("names no file");
    }
    return text;
  }

  private static List<Listen> listens(ParseResult parsed) throws UsageException {
    List<String> texts = parsed.matchedOptionValue("-l", List.of());
    java.util.ArrayList<Listen> listens = new java.util.ArrayList<>();
    for (String text : texts) {
      listens.add(Values.convert("--listen", text, Listen::parse));
    }
    return List.copyOf(listens);
  }

  private static Optional<Tls> tls(ParseResult parsed) throws UsageException {
    Optional<Path> certificate = Values.file(parsed, "--tls-cert");
    Optional<Path> key = Values.file(parsed, "--tls-key");
    if (certificate.isPresent() != key.isPresent()) {
      throw new UsageException("--tls-cert and --tls-key need each other");
    }
    Optional<Path> clients = Values.file(parsed, "--tls-client-ca");
    if (clients.isPresent() && certificate.isEmpty()) {
      throw new UsageException("--tls-client-ca needs --tls-cert and --tls-key");
    }
    return certificate.map(file -> new Tls(file, key.orElseThrow(), clients));
  }

  private static Optional<URI> publicUrl(ParseResult parsed) throws UsageException {
    return parsed.hasMatchedOption("--public-url")
        ? Optional.of(
            Values.read(parsed, "--public-url", LockexdCommand::publicUrl, URI.create("")))
        : Optional.empty();
  }

  private static URI publicUrl(String text) {
    try {
      URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (http
          && url.getHost() != null
          && url.getRawUserInfo() == null
          && url.getRawQuery() == null
          && url.getRawFragment() == null) {
        return url;
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new IllegalArgumentException("not a URL like https://locks.example.org: " + text);
  }

  private static Limits limits(ParseResult parsed) throws UsageException {
    Limits normal = Limits.DEFAULT;
    int waitingPerClient =
        Values.number(
            parsed, "--max-waiting-per-client", 1, Integer.MAX_VALUE, normal.waitingPerClient());
    return new Limits(
        Values.number(parsed, "--max-waiting", 1, Integer.MAX_VALUE, normal.waiting()),
        waitingPerClient,
        Values.number(
            parsed, "--max-grants-per-client", 1, Integer.MAX_VALUE, normal.grantsPerClient()),
        Values.number(parsed, "--max-resources", 1, Integer.MAX_VALUE, normal.resources()),
        Values.number(parsed, "--max-body", 64, MEBIBYTE, normal.body()),
        Values.number(parsed, "--max-bodies", 0, Integer.MAX_VALUE, normal.bodies()),
        Values.number(
            parsed,
            "--max-connections-per-client",
            waitingPerClient,
            Integer.MAX_VALUE,
            (int) Math.min(Integer.MAX_VALUE, waitingPerClient + 1000L)),
        Values.positive(parsed, "--max-request-time", normal.requestTime()),
        Values.number(parsed, "--max-header", 256, MEBIBYTE, normal.header()));
  }
}
