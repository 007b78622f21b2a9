package org.lockex.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.lockex.znode.BreakRequest;
import org.lockex.znode.Contender;
import org.lockex.znode.JsonWriter;
import org.lockex.znode.LeaseTerms;
import org.lockex.znode.PastRun;
import org.lockex.znode.RunRecord;

/** What lockexctl shows, as one JSON object on one line. What is not known is left out. */
final class JsonLine {
  private JsonLine() {}

  /** A lock without its waiters; {@code now} is the servers', where anybody holds by a grant. */
  static JsonWriter of(LockState lock, Optional<Instant> now) {
    return of(lock, false, now);
  }

  /** A lock with its waiters; {@code now} is the servers', where anything depends on it. */
  static JsonWriter ofAll(LockState lock, Optional<Instant> now) {
    return of(lock, true, now);
  }

  private static JsonWriter of(LockState lock, boolean all, Optional<Instant> now) {
    JsonWriter line =
        new JsonWriter()
            .text("lock", lock.id())
            .text("path", lock.path())
            .text("mode", lock.mode().name().toLowerCase(java.util.Locale.ROOT));
    if (lock.concurrency() > 0) {
      line.number("concurrency", lock.concurrency());
    }
    if (lock.forbidden()) {
      line.truth("readable", false);
    } else {
      List<Participant> holding = now.map(lock::holding).orElse(lock.holders());
      line.array("holders", holding.stream().map(one -> of(one, now)).toList())
          .number("waiting", lock.waiting());
      List<Participant> over = now.map(lock::over).orElse(List.of());
      if (!over.isEmpty()) {
        line.array("over", over.stream().map(JsonLine::of).toList());
      }
    }
    if (!lock.others().isEmpty()) {
      line.number("foreign", lock.others().size());
    }
    if (all && !lock.forbidden()) {
      line.array("waiters", lock.waiters().stream().map(JsonLine::of).toList());
    }
    lock.lastRun().ifPresent(run -> line.object("lastRun", of(run)));
    return line;
  }

  /** A holder or waiter. */
  static JsonWriter of(Participant participant) {
    return of(participant, Optional.empty());
  }

  private static JsonWriter of(Participant participant, Optional<Instant> now) {
    JsonWriter line = new JsonWriter();
    if (!participant.known()) {
      return line.truth("readable", false).text("node", participant.path());
    }
    participant.who().ifPresent(who -> write(line, who));
    line.text("since", participant.since().toString());
    time(line, "acquired", participant.acquired());
    time(line, "expires", participant.expires());
    if (participant.session() != 0) {
      line.text("session", participant.sessionId());
    }
    Optional<LeaseTerms> hold = participant.data().hold();
    hold.flatMap(LeaseTerms::reason).ifPresent(why -> line.text("reason", why));
    participant.handle().ifPresent(handle -> line.text("handle", handle.toString()));
    line.number("token", participant.token()).text("node", participant.path());
    millis(line, "maxRunMillis", participant.data().maxRun());
    millis(line, "maxRunLeftMillis", now.flatMap(participant::maxRunLeft));
    participant.asked().ifPresent(asked -> line.object("breakAsked", of(asked)));
    return line;
  }

  private static void write(JsonWriter line, Contender who) {
    line.text("host", who.host())
        .number("pid", who.pid())
        .text("user", who.user())
        .text("command", who.command());
  }

  private static void time(JsonWriter line, String name, Optional<Instant> value) {
    value.ifPresent(at -> line.text(name, at.toString()));
  }

  private static void millis(JsonWriter line, String name, Optional<Duration> value) {
    value.ifPresent(time -> line.number(name, time.toMillis()));
  }

  private static JsonWriter of(BreakRequest asked) {
    return new JsonWriter().text("by", asked.by()).text("at", asked.at().toString());
  }

  /** One of the runs that are remembered. */
  static JsonWriter of(PastRun run) {
    JsonWriter line = new JsonWriter().text("started", run.started().toString());
    run.exit().ifPresent(code -> line.number("exit", code));
    millis(line, "tookMillis", run.took());
    run.who().ifPresent(who -> write(line, who));
    return line.number("token", run.token()).number("skipped", run.skipped());
  }

  private static JsonWriter of(RunRecord run) {
    JsonWriter line = new JsonWriter();
    time(line, "started", run.started());
    time(line, "counted", run.counted());
    time(line, "succeeded", run.succeeded());
    run.exit().ifPresent(code -> line.number("exit", code));
    millis(line, "tookMillis", run.took());
    run.who().ifPresent(who -> write(line, who));
    return line.number("token", run.token());
  }
}
