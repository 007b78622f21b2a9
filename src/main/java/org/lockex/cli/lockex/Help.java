package org.lockex.cli.lockex;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lockex.ExitCode;
import org.lockex.cli.OptionSpecs;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The text of {@code --help}: a screen of what is common, and the names of what is rare. */
final class Help {
  /** In the order in which they are told. */
  private static final List<String> RARE =
      List.of(
          "--blocking",
          "--stop-signal",
          "--on-lost",
          "--once-per-attempt",
          "--skip-exit-code",
          "--embedded",
          "--session-timeout",
          "--zk-tls",
          "--zk-cacert",
          "--zk-cert",
          "--zk-key",
          "--zk-auth",
          "--zk-acl",
          "--metadata",
          "--debug",
          "--lockretry",
          "--retry");

  private static final int WIDTH = 80;

  private Help() {}

  static String of(CommandSpec spec) {
    CommandSpec common = OptionSpecs.command().name(spec.name());
    for (OptionSpec option : spec.options()) {
      if (!RARE.contains(option.longestName())) {
        common.addOption(option.toBuilder().build());
      }
    }
    for (PositionalParamSpec word : spec.positionalParameters()) {
      common.addPositional(word.toBuilder().build());
    }
    UsageMessageSpec usage = common.usageMessage();
    usage
        .width(WIDTH)
        .sortOptions(false)
        .customSynopsis("lockex [OPTIONS] [--] COMMAND [ARG...]")
        .description(
            "Runs COMMAND while holding a lock in ZooKeeper, and gives its exit code back.")
        .optionListHeading("%n")
        .descriptionHeading("%n")
        .exitCodeListHeading(
            "%nExit code: the command's own, 128 + n when signal n ended it, and%n")
        .exitCodeList(exitCodes())
        .footerHeading("%nExamples:%n")
        .footer(
            "  lockex -- /usr/local/bin/redis-server /etc/redis.conf",
            "  lockex --timeout 1m -c 3 -- backup.sh",
            "  lockex --local -- make deploy",
            "",
            "DURATION: seconds, or numbers with ms, s, m, h, d or w. ZKHOSTS names ZooKeeper.",
            "",
            rare(spec));
    return OptionSpecs.line(common).getUsageMessage(Ansi.OFF);
  }

  private static String rare(CommandSpec spec) {
    StringBuilder text = new StringBuilder("More in lockex(1):");
    int column = text.length();
    for (String rare : RARE) {
      String name = String.join("/", spec.findOption(rare).names());
      boolean fits = column + 1 + name.length() <= WIDTH;
      text.append(fits ? " " : "\n  ").append(name);
      column = fits ? column + 1 + name.length() : 2 + name.length();
    }
    return text.toString();
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> codes = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      codes.put(" " + code.code(), code.meaning());
    }
    return codes;
  }
}
