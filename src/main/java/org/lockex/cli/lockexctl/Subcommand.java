package org.lockex.cli.lockexctl;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.lockex.cli.CloseWords;
import org.lockex.cli.OptionSpecs;
import org.lockex.cli.UsageException;
import org.lockex.cli.Values;
import org.lockex.znode.HoldHandle;
import org.lockex.znode.LockId;
import org.lockex.znode.TokenBase;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The subcommands of lockexctl. */
enum Subcommand {
  LS("list the locks: holders, waiters, since when, last run", "[PATTERN]", 0, 1) {
    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return new LockexctlAction.Ls(
          words.isEmpty() ? Glob.all() : Values.convert("PATTERN", words.getFirst(), Glob::of),
          words.isEmpty());
    }
  },
  SHOW("show every holder and waiter of a lock in order", "ID", 1, 1) {
    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return new LockexctlAction.Show(id(words));
    }
  },
  HISTORY("show the last runs of a lock under --once-per", "ID", 1, 1) {
    @Override
    List<OptionSpec> options() {
      return List.of(OptionSpecs.value("N", "at most so many (default: all that are kept)", "-n"));
    }

    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return new LockexctlAction.History(
          id(words), Values.number(parsed, "-n", 1, Integer.MAX_VALUE, Integer.MAX_VALUE));
    }
  },
  CHECK("answer monitoring: OK, WARNING, CRITICAL or UNKNOWN", "ID...", 1, Integer.MAX_VALUE) {
    @Override
    List<OptionSpec> options() {
      return CheckOptions.all();
    }

    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return CheckOptions.read(parsed, words);
    }
  },
  METRICS("write the metrics of all locks for Prometheus", "[PATTERN]", 0, 1) {
    @Override
    List<OptionSpec> options() {
      return List.of(
          OptionSpecs.value(
              "FILE", "write FILE, whole or not at all, for a node exporter", "--textfile"));
    }

    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      if (parsed.hasMatchedOption("--json")) {
        throw new UsageException("--json: metrics have the text format of Prometheus alone");
      }
      return new LockexctlAction.Metrics(
          words.isEmpty() ? Glob.all() : Values.convert("PATTERN", words.getFirst(), Glob::of),
          Values.file(parsed, "--textfile"));
    }
  },
  WATCH("follow a lock, or all, as things happen", "[ID]", 0, 1) {
    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return new LockexctlAction.Watch(LockexctlCommand.id(words));
    }
  },
  WAIT("return when a lock is free", "ID", 1, 1) {
    @Override
    List<OptionSpec> options() {
      return List.of(
          OptionSpecs.value(
              "DURATION", "exit with 75 after this time (default: for ever)", "--timeout"));
    }

    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return new LockexctlAction.Wait(id(words), LockexctlCommand.timeout(parsed));
    }
  },
  BREAK("ask the holders of a lock to end, and wait until they have", "ID", 1, 1) {
    @Override
    List<OptionSpec> options() {
      return List.of(
          OptionSpecs.value("N", "only the holder that show lists as number N", "--holder"),
          OptionSpecs.flag("do not ask whether you are sure", "--yes"),
          OptionSpecs.flag(
              "delete the holder's node: the lock passes on at once, even if the holder is stuck",
              "--force"),
          OptionSpecs.value(
              "DURATION", "exit with 75 if it takes longer (default: for ever)", "--timeout"));
    }

    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return new LockexctlAction.Break(
          id(words),
          Values.number(parsed, "--holder", 1, Integer.MAX_VALUE, 0),
          parsed.hasMatchedOption("--yes"),
          parsed.hasMatchedOption("--force"),
          LockexctlCommand.timeout(parsed));
    }
  },
  HOLD("take a lock without a command, and print a handle", "ID", 1, 1) {
    @Override
    List<OptionSpec> options() {
      return HoldOptions.all();
    }

    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return HoldOptions.read(parsed, id(words));
    }
  },
  RELEASE("end a hold", "HANDLE", 1, 1) {
    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return new LockexctlAction.Release(handle(words));
    }
  },
  EXTEND("let a hold last longer, if it still holds", "HANDLE", 1, 1) {
    @Override
    List<OptionSpec> options() {
      return List.of(HoldOptions.lasts());
    }

    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return new LockexctlAction.Extend(handle(words), HoldOptions.duration(parsed));
    }
  },
  FORGET("delete what --once-per remembers of a lock", "ID", 1, 1) {
    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return new LockexctlAction.Forget(id(words));
    }
  },
  TOKENS("show what is added to fencing tokens, or raise it", "", 0, 0) {
    @Override
    List<OptionSpec> options() {
      return List.of(
          OptionSpecs.value("N", "let every token from now on be more than N", "--at-least"));
    }

    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return new LockexctlAction.Tokens(
          parsed.hasMatchedOption("--at-least")
              ? OptionalLong.of(Values.read(parsed, "--at-least", Subcommand::token, 0L))
              : OptionalLong.empty());
    }
  },
  PING("check servers, session and rights, and say what is wrong", "", 0, 0) {
    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) {
      return new LockexctlAction.PingServers();
    }
  },
  ACL("show who may use the nodes of the locks, or set it", "", 0, 0) {
    @Override
    List<OptionSpec> options() {
      return List.of(OptionSpecs.flag("give every node the access list of --zk-acl", "--apply"));
    }

    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) {
      return new LockexctlAction.Acl(parsed.hasMatchedOption("--apply"));
    }
  },
  LOCAL("the server that --local started: status or stop", "status|stop", 1, 1) {
    @Override
    LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException {
      return switch (words.getFirst()) {
        case "status" -> new LockexctlAction.LocalStatus();
        case "stop" -> new LockexctlAction.LocalStop();
        default -> throw new UsageException("local: status or stop: " + words.getFirst());
      };
    }
  };

  private final String description;
  private final String label;
  private final int least;
  private final int most;

  Subcommand(String description, String label, int least, int most) {
    this.description = description;
    this.label = label;
    this.least = least;
    this.most = most;
  }

  abstract LockexctlAction action(ParseResult parsed, List<String> words) throws UsageException;

  /** Those of this subcommand alone. */
  List<OptionSpec> options() {
    return List.of();
  }

  static Subcommand of(String word) throws UsageException {
    for (Subcommand subcommand : values()) {
      if (subcommand.word().equals(word)) {
        return subcommand;
      }
    }
    List<String> words = Arrays.stream(values()).map(Subcommand::word).toList();
    throw new UsageException(
        "no subcommand "
            + word
            + CloseWords.meant(word, words).map(meant -> ", " + meant + " may be meant").orElse("")
            + ": "
            + String.join(", ", words));
  }

  /** The name on the command line. */
  String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  String synopsis() {
    return label.isEmpty() ? word() : word() + " " + label;
  }

  String description() {
    return description;
  }

  /** Its declaration, with the common options. */
  CommandSpec spec() {
    CommandSpec spec = OptionSpecs.command().name("lockexctl " + word());
    spec.usageMessage().description(description);
    options().forEach(spec::addOption);
    LockexctlCommand.common(spec);
    if (most > 0) {
      spec.addPositional(LockexctlCommand.words(label, "", "0..*"));
    }
    return spec;
  }

  LockexctlAction action(ParseResult parsed) throws UsageException {
    List<String> words =
        most == 0 ? List.of() : parsed.matchedPositionalValue(0, List.<String>of());
    if (words.size() < least) {
      throw new UsageException(label + " is missing: see lockexctl " + word() + " --help");
    }
    if (words.size() > most) {
      throw new UsageException(word() + ": one word too many: " + words.get(most));
    }
    return action(parsed, words);
  }

  private static Long token(String text) {
    long token;
    try {
      token = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a whole number: " + text, e);
    }
    // The bounds are checked there.
    TokenBase _ = TokenBase.NONE.atLeast(token);
    return token;
  }

  private static HoldHandle handle(List<String> words) throws UsageException {
    return Values.convert("HANDLE", words.getFirst(), HoldHandle::of);
  }

  private static LockId id(List<String> words) throws UsageException {
    return Values.convert("ID", words.getFirst(), LockId::of);
  }
}
