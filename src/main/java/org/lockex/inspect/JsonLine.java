package org.lockex.inspect;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.lockex.znode.BreakRequest;
import org.lockex.znode.Contender;
import org.lockex.znode.JsonText;
import org.lockex.znode.RunRecord;

/** One JSON object on one line. What is not known is left out. */
final class JsonLine {
  private final StringBuilder json = new StringBuilder(256).append('{');

  JsonLine text(String name, String value) {
    member(name);
    JsonText.string(json, value);
    return this;
  }

  JsonLine time(String name, Optional<Instant> value) {
    return value.map(at -> text(name, at.toString())).orElse(this);
  }

  JsonLine number(String name, long value) {
    member(name).append(value);
    return this;
  }

  JsonLine truth(String name, boolean value) {
    member(name).append(value);
    return this;
  }

  JsonLine object(String name, JsonLine value) {
    member(name).append(value);
    return this;
  }

  JsonLine array(String name, List<JsonLine> values) {
    member(name)
        .append(values.stream().map(JsonLine::toString).collect(Collectors.joining(",", "[", "]")));
    return this;
  }

  private StringBuilder member(String name) {
    if (json.length() > 1) {
      json.append(',');
    }
    JsonText.string(json, name);
    return json.append(':');
  }

  @Override
  public String toString() {
    return json + "}";
  }

  /** A lock; its waiters only if {@code all}. */
  static JsonLine of(LockState lock, boolean all) {
    JsonLine line =
        new JsonLine()
            .text("lock", lock.id())
            .text("path", lock.path())
            .text("mode", lock.mode().name().toLowerCase(java.util.Locale.ROOT));
    if (lock.concurrency() > 0) {
      line.number("concurrency", lock.concurrency());
    }
    line.array("holders", lock.holders().stream().map(JsonLine::of).toList())
        .number("waiting", lock.waiting());
    if (all) {
      line.array("waiters", lock.waiters().stream().map(JsonLine::of).toList());
    }
    lock.lastRun().ifPresent(run -> line.object("lastRun", of(run)));
    return line;
  }

  /** A holder or waiter. */
  static JsonLine of(Participant participant) {
    JsonLine line = new JsonLine();
    participant.who().ifPresent(line::who);
    line.text("since", participant.since().toString())
        .time("acquired", participant.acquired())
        .time("expires", participant.expires());
    if (!participant.isGrant()) {
      line.text("session", participant.sessionId());
    }
    line.number("token", participant.token()).text("node", participant.path());
    participant.asked().ifPresent(asked -> line.object("breakAsked", of(asked)));
    return line;
  }

  JsonLine who(Contender who) {
    return text("host", who.host())
        .number("pid", who.pid())
        .text("user", who.user())
        .text("command", who.command());
  }

  private static JsonLine of(BreakRequest asked) {
    return new JsonLine().text("by", asked.by()).text("at", asked.at().toString());
  }

  private static JsonLine of(RunRecord run) {
    JsonLine line = new JsonLine().time("started", run.started()).time("counted", run.counted());
    run.exit().ifPresent(code -> line.number("exit", code));
    run.took().ifPresent(took -> line.number("tookMillis", took.toMillis()));
    run.who().ifPresent(line::who);
    return line.number("token", run.token());
  }
}
