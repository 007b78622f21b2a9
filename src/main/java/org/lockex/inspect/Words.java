package org.lockex.inspect;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.lockex.cli.Ages;
import org.lockex.znode.Contender;
import org.lockex.znode.RunRecord;

/** What is said of locks in tables and lines. */
final class Words {
  private Words() {}

  /** A holder or waiter in few words: {@code host:pid user}. */
  static String who(Participant participant) {
    return participant.user().isEmpty()
        ? participant.place()
        : participant.place() + " " + participant.user();
  }

  /** To the second, in UTC. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static String age(Optional<Duration> age) {
    return age.map(Ages::of).orElse("");
  }

  /** When it ran last, where, and how it ended; empty if it never ran. */
  static String lastRun(Optional<RunRecord> run, Instant now) {
    return run.filter(last -> last.started().isPresent())
        .map(last -> lastRun(last, now))
        .orElse("");
  }

  private static String lastRun(RunRecord run, Instant now) {
    Instant started = run.started().orElse(Instant.EPOCH);
    StringBuilder words = new StringBuilder(Ages.of(Duration.between(started, now))).append(" ago");
    Optional<Contender> who = run.who();
    who.ifPresent(by ->
        words
            .append(" by ")
            .append(by.host())
            .append(':')
            .append(by.pid())
            .append(' ')
            .append(by.user()));
    words.append(run.exit().map(code -> ", exit " + code).orElse(", end not recorded"));
    run.took().ifPresent(took -> words.append(", took ").append(Ages.of(took)));
    return words.toString();
  }

  /** What is left of {@code --max-run}. */
  static String maxRun(Duration left) {
    return left.isZero()
        ? "is being ended: its --max-run is over"
        : "is ended in " + Ages.of(left) + " (--max-run)";
  }
}
