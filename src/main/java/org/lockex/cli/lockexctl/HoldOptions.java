package org.lockex.cli.lockexctl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.lockex.cli.DurationText;
import org.lockex.cli.OptionSpecs;
import org.lockex.cli.UsageException;
import org.lockex.cli.Values;
import org.lockex.znode.LeaseTerms;
import org.lockex.znode.LockId;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of {@code lockexctl hold} and {@code lockexctl extend}. */
final class HoldOptions {
  private static final String FOR = "--for";
  private static final String NO_WAITING = "-n";

  private HoldOptions() {}

  static List<OptionSpec> all() {
    return List.of(
        OptionSpecs.value("DURATION", "end by itself after this time; has to be given", FOR),
        OptionSpecs.value("TEXT", "why, for everybody who meets it", "--reason"),
        OptionSpecs.value(
            "DURATION",
            "wait at most this long for others; 0: do not wait (default: for ever)",
            "-t",
            "--timeout"),
        OptionSpecs.flag("do not wait, like -t 0", NO_WAITING, "--no-blocking"),
        OptionSpecs.value("N", "how many may hold it at once (default: 1)", "-c", "--concurrent"),
        OptionSpecs.flag("take all N, or none", "--all"));
  }

  static OptionSpec lasts() {
    return OptionSpecs.value("DURATION", "from now on; has to be given", FOR);
  }

  static LockexctlAction.Hold read(ParseResult parsed, LockId id) throws UsageException {
    Optional<Duration> timeout = LockexctlCommand.timeout(parsed);
    if (parsed.hasMatchedOption(NO_WAITING)) {
      if (timeout.filter(Duration::isPositive).isPresent()) {
        throw new UsageException("-n and -t contradict each other");
      }
      timeout = Optional.of(Duration.ZERO);
    }
    boolean all = parsed.hasMatchedOption("--all");
    if (all && !parsed.hasMatchedOption("-c")) {
      throw new UsageException("--all needs -c N: nobody knows how many an unused lock has");
    }
    return new LockexctlAction.Hold(
        id,
        duration(parsed),
        parsed.hasMatchedOption("--reason")
            ? Optional.of(Values.read(parsed, "--reason", HoldOptions::reason, ""))
            : Optional.empty(),
        timeout,
        Values.number(parsed, "-c", 1, Integer.MAX_VALUE, 1),
        all);
  }

  static Duration duration(ParseResult parsed) throws UsageException {
    if (!parsed.hasMatchedOption(FOR)) {
      throw new UsageException("--for is missing: how long it is to be held");
    }
    return Values.read(parsed, FOR, HoldOptions::wholeMillis, Duration.ZERO);
  }

  /** What a node can tell. */
  private static Duration wholeMillis(String text) {
    Duration duration = Duration.ofMillis(DurationText.parse(text).toMillis());
    if (duration.isZero()) {
      throw new IllegalArgumentException("must be at least a millisecond: " + text);
    }
    return duration;
  }

  private static String reason(String text) {
    int bytes = text.getBytes(UTF_8).length;
    if (bytes > LeaseTerms.MAX_REASON_BYTES) {
      throw new IllegalArgumentException(
          "at most " + LeaseTerms.MAX_REASON_BYTES + " bytes, not " + bytes);
    }
    if (text.isBlank()) {
      throw new IllegalArgumentException("must not be blank");
    }
    return text;
  }
}
