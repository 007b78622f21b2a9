package org.lockex.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.lockex.lock.session.Hosts;
import org.lockex.znode.LockRoot;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The options that say where the locks are, declared and read in one place for every program. */
public final class ConnectionOptions {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LOCAL_SESSION_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration LONGEST_SESSION_TIMEOUT = Duration.ofHours(24);

  private ConnectionOptions() {}

  /**
   * Adds the options to a command.
   *
   * @param spec a command's declaration
   */
  public static void declare(CommandSpec spec) {
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
    boolean local = parsed.hasMatchedOption("--local");
    if (local && parsed.hasMatchedOption("-z")) {
      throw new UsageException("--local and --zkhosts exclude each other");
    }
    List<String> warnings = new ArrayList<>();
    return new Connection(
        local ? Optional.empty() : Optional.of(hosts(parsed, environment, warnings)),
        Values.read(parsed, "-p", LockRoot::of, LockRoot.of("lockex")),
        Values.positive(parsed, "-T", CONNECT_TIMEOUT),
        sessionTimeout(parsed, local),
        warnings);
  }

  private static Hosts hosts(
      ParseResult parsed, Function<String, Optional<String>> environment, List<String> warnings)
      throws UsageException {
    Hosts nobodyNamed = Hosts.parse("localhost:2181");
    if (parsed.hasMatchedOption("-z")) {
      return Values.read(parsed, "-z", Hosts::parse, nobodyNamed);
    }
    Optional<String> variable = environment.apply("ZKHOSTS");
    if (variable.isPresent() && !variable.get().isBlank()) {
      return Values.convert("ZKHOSTS", variable.get(), Hosts::parse);
    }
    Defaults defaults = Defaults.of(Defaults.FILE);
    warnings.addAll(defaults.warnings());
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

  private static Duration sessionTimeout(ParseResult parsed, boolean local) throws UsageException {
    Duration asked =
        Values.positive(
            parsed, "--session-timeout", local ? LOCAL_SESSION_TIMEOUT : SESSION_TIMEOUT);
    if (asked.compareTo(LONGEST_SESSION_TIMEOUT) > 0) {
      throw new UsageException("--session-timeout: more than 24 hours");
    }
    return asked;
  }
}
