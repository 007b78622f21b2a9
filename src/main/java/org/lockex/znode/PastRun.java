package org.lockex.znode;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run that a {@link RunRecord} remembers. Kept short, because all of them are read and written
 * at every run.
 *
 * @param started when it started, by the ZooKeeper leader's clock
 * @param exit its exit code; empty if its end was not recorded
 * @param took how long it took, on the clock of its host
 * @param who whose run it was
 * @param token the fencing token
 * @param skipped how many came after it, before the next run, and had nothing to do
 */
public record PastRun(
    Instant started,
    Optional<Integer> exit,
    Optional<Duration> took,
    Optional<Contender> who,
    long token,
    long skipped) {

  /** How many are remembered beside the last one. */
  static final int MOST = 19;

  /** Of a text that others chose as much as this is remembered. */
  private static final int LONGEST = 120;

  private static final String EARLIER = "earlier";

  /** Writes those that came before the last run, the newest first. */
  static void write(JsonWriter json, List<PastRun> runs) {
    if (runs.isEmpty()) {
      return;
    }
    List<JsonWriter> all = new ArrayList<>(runs.size());
    for (PastRun run : runs) {
      all.add(run.json());
    }
    json.array(EARLIER, all);
  }

  /** Reads them; what is none of ours is left out. */
  static List<PastRun> read(JsonObject json) {
    List<PastRun> runs = new ArrayList<>();
    for (JsonObject one : json.objects(EARLIER)) {
      Optional<Instant> started = one.text("started").flatMap(Timestamps::read);
      if (started.isPresent() && runs.size() < MOST) {
        runs.add(
            new PastRun(
                started.get(),
                RunRecord.exit(one),
                RunRecord.took(one),
                Contender.read(one),
                one.number("token").orElse(0L),
                RunRecord.skipped(one)));
      }
    }
    return List.copyOf(runs);
  }

  /** These behind a newer one, as many as are remembered. */
  static List<PastRun> behind(PastRun newer, List<PastRun> runs) {
    List<PastRun> all = new ArrayList<>(MOST);
    all.add(newer.shortened());
    for (PastRun run : runs) {
      if (all.size() < MOST) {
        all.add(run);
      }
    }
    return List.copyOf(all);
  }

  private PastRun shortened() {
    Optional<Contender> less = Optional.empty();
    if (who.isPresent()) {
      Contender by = who.get();
      less =
          Optional.of(
              new Contender(
                  cut(by.host()), by.pid(), cut(by.user()), cut(by.command()), Instant.EPOCH, ""));
    }
    return new PastRun(started, exit, took, less, token, skipped);
  }

  private static String cut(String text) {
    if (text.length() <= LONGEST) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
    return text.substring(0, end);
  }

  private JsonWriter json() {
    JsonWriter json = new JsonWriter().text("started", Timestamps.text(started));
    if (exit.isPresent()) {
      json.number("exit", exit.get());
    }
    if (took.isPresent()) {
      json.number("tookMillis", took.get().toMillis());
    }
    if (who.isPresent()) {
      who.get().writeWhose(json);
    }
    json.number("token", token);
    if (skipped > 0) {
      json.number("skipped", skipped);
    }
    return json;
  }
}
