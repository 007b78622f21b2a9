package org.lockex.cli.lockex;

import java.util.LinkedHashMap;
import java.util.Map;
import org.lockex.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The text of {@code --help}. */
final class Help {
  private Help() {}

  static String of(CommandLine line) {
    UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    usage
        .width(80)
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
            "DURATION: seconds, or numbers with ms, s, m, h, d or w. ZKHOSTS names ZooKeeper.");
    return line.getUsageMessage(Ansi.OFF);
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> codes = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      codes.put(" " + code.code(), code.meaning());
    }
    return codes;
  }
}
