package org.lockex.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.lockex.lock.session.Hosts;
import org.lockex.security.ClientSecurity;
import org.lockex.znode.LockRoot;
import org.lockex.znode.Metadata;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The options that say where the locks are, declared and read in one place for every program. */
public final class ConnectionOptions {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LOCAL_SESSION_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration LONGEST_SESSION_TIMEOUT = Duration.ofHours(24);

  /** Where the servers keep their configuration and quotas. */
  private static final String SERVERS_OWN = "/zookeeper";

  /** What {@code --embedded DIR} does in programs that are clients. */
  public static final String JOINS_EMBEDDED =
      "the locks of the lockexd of this machine that has its ZooKeeper in DIR";

  private ConnectionOptions() {}

  /**
   * Adds the options to a command.
   *
   * @param spec a command's declaration
   * @param embedded what {@code --embedded DIR} does
   */
  public static void declare(CommandSpec spec, String embedded) {
    spec.addOption(
            OptionSpecs.value("PATH", "parent of all locks (default: lockex)", "-p", "--lockpath"))
        .addOption(
            OptionSpecs.value(
                "HOSTS",
                "host:port,host:port[/chroot] (default: $ZKHOSTS, then localhost:2181)",
                "-z",
                "--zkhosts"))
        .addOption(
            OptionSpecs.flag(
                "locks for this machine and user only, without any ZooKeeper to set up", "--local"))
        .addOption(OptionSpecs.value("DIR", embedded, "--embedded"))
        .addOption(
            OptionSpecs.value(
                "DURATION",
                "for the first connection to ZooKeeper (default: 30s)",
                "-T",
                "--connect-timeout"))
        .addOption(
            OptionSpecs.value(
                "DURATION",
                "asked of ZooKeeper, which may clamp it (default: 10s; 2s with --local)",
                "--session-timeout"));
    SecurityOptions.declare(spec);
    spec.addOption(
        OptionSpecs.value(
            "LIST",
            "what our nodes tell of us: host,pid,user,command, or some of them, or none (default: all)",
            "--metadata"));
  }

  /**
   * Reads the options.
   *
   * @param parsed a command line with the options of {@link #declare}
   * @param environment looks up a variable of the environment, empty where it is not set
   * @return what they ask for, defaults included
   * @throws UsageException where a value is wrong
   */
  public static Connection read(ParseResult parsed, Function<String, Optional<String>> environment)
      throws UsageException {
    List<String> warnings = new ArrayList<>();
    excludeEachOther(parsed, "--local", "--zkhosts");
    excludeEachOther(parsed, "--embedded", "--zkhosts");
    excludeEachOther(parsed, "--local", "--embedded");
    String onThisMachine =
        parsed.hasMatchedOption("--local")
            ? "--local"
            : parsed.hasMatchedOption("--embedded") ? "--embedded" : "";
    ServerChoice servers;
    ClientSecurity security;
    if (onThisMachine.isEmpty()) {
      Defaults defaults = Defaults.of(Defaults.FILE);
      warnings.addAll(defaults.warnings());
      servers = new ServerChoice.Ensemble(hosts(parsed, environment, defaults));
      security = SecurityOptions.read(parsed, environment, defaults, warnings);
    } else {
      SecurityOptions.refuseWith(onThisMachine, parsed);
      servers =
          onThisMachine.equals("--local")
              ? new ServerChoice.OfThisUser()
              : new ServerChoice.InFolder(folder(parsed));
      security = ClientSecurity.NONE;
    }
    return new Connection(
        servers,
        root(parsed, servers),
        Values.positive(parsed, "-T", CONNECT_TIMEOUT),
        sessionTimeout(parsed, servers),
        security,
        Values.read(parsed, "--metadata", Metadata::parse, Metadata.ALL),
        warnings);
  }

  private static LockRoot root(ParseResult parsed, ServerChoice servers) throws UsageException {
    LockRoot root = Values.read(parsed, "-p", LockRoot::of, LockRoot.of("lockex"));
    String chroot = servers instanceof ServerChoice.Ensemble(Hosts hosts) ? hosts.chroot() : "";
    String path = chroot + root.path();
    if (path.isEmpty() || path.equals(SERVERS_OWN) || path.startsWith(SERVERS_OWN + "/")) {
      throw new UsageException(
          "the lock path would be "
              + (path.isEmpty() ? "/" : path)
              + ", where ZooKeeper's own nodes are");
    }
    return root;
  }

  private static void excludeEachOther(ParseResult parsed, String one, String other)
      throws UsageException {
    if (parsed.hasMatchedOption(one) && parsed.hasMatchedOption(other)) {
      throw new UsageException(one + " and " + other + " exclude each other");
    }
  }

  private static Path folder(ParseResult parsed) throws UsageException {
    return Values.read(parsed, "--embedded", ConnectionOptions::folder, Path.of(""));
  }

  private static Path folder(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("names no folder");
    }
    return Path.of(text).toAbsolutePath().normalize();
  }

  private static Hosts hosts(
      ParseResult parsed, Function<String, Optional<String>> environment, Defaults defaults)
      throws UsageException {
    Hosts nobodyNamed = Hosts.parse("localhost:2181");
    if (parsed.hasMatchedOption("-z")) {
      return Values.read(parsed, "-z", Hosts::parse, nobodyNamed);
    }
    Optional<String> variable = environment.apply("ZKHOSTS");
    if (variable.isPresent() && !variable.get().isBlank()) {
      return Values.convert("ZKHOSTS", variable.get(), Hosts::parse);
    }
    Optional<String> machine = defaults.value("ZKHOSTS");
    if (machine.isPresent()) {
      return Values.convert("ZKHOSTS in " + Defaults.FILE, machine.get(), Hosts::parse);
    }
    if (variable.isPresent()) {
      // Somebody meant to name servers; those of localhost may be another lock.
      throw new UsageException("ZKHOSTS: is empty, and " + Defaults.FILE + " names no servers");
    }
    return nobodyNamed;
  }

  private static Duration sessionTimeout(ParseResult parsed, ServerChoice servers)
      throws UsageException {
    // Not with --embedded: a restart of lockexd is to cost nobody his lock.
    Duration otherwise =
        servers instanceof ServerChoice.OfThisUser ? LOCAL_SESSION_TIMEOUT : SESSION_TIMEOUT;
    Duration asked = Values.positive(parsed, "--session-timeout", otherwise);
    if (asked.compareTo(LONGEST_SESSION_TIMEOUT) > 0) {
      throw new UsageException("--session-timeout: more than 24 hours");
    }
    return asked;
  }
}
