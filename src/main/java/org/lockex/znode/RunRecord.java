package org.lockex.znode;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is remembered of a lock's runs when no session is left, for {@code --once-per}. Instants are
 * the ZooKeeper leader's: the modification times of writes made while the lock was held.
 *
 * @param counted when the run started after which others have to wait; empty if none counts yet
 * @param origin where that run was; empty if that is not known
 * @param started when the last run started; empty if none has ended or counts yet
 * @param exit the last run's exit code; empty if it has not ended or its end was not recorded
 * @param took how long the last run took, on the clock of its host
 * @param who whose run it was; its {@code since} and {@code version} are not kept
 * @param token the fencing token of the last run
 * @param succeeded when the last run that succeeded ended; empty if none is known to have
 * @param skipped how many came after the last run and had nothing to do
 * @param earlier the runs before the last one, the newest first; a program of version 1.0 that
 *     writes the record forgets them, as it does the two before
 */
public record RunRecord(
    Optional<Instant> counted,
    Optional<RunOrigin> origin,
    Optional<Instant> started,
    Optional<Integer> exit,
    Optional<Duration> took,
    Optional<Contender> who,
    long token,
    Optional<Instant> succeeded,
    long skipped,
    List<PastRun> earlier) {

  private static final long FORMAT = 1;

  /** Nothing has run yet. */
  public static final RunRecord NONE =
      new RunRecord(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          0,
          Optional.empty(),
          0,
          List.of());

  /**
   * Reads the data of a record's node; empty if it is none of ours.
   *
   * @param data a node's data as it was read, possibly empty
   * @return the record, or empty
   */
  public static Optional<RunRecord> read(byte[] data) {
    return JsonObject.parse(data)
        .filter(json -> json.number("format").equals(Optional.of(FORMAT)))
        .map(RunRecord::read);
  }

  private static RunRecord read(JsonObject json) {
    Optional<Instant> started = json.text("started").flatMap(Timestamps::read);
    Optional<Integer> exit = exit(json);
    Optional<Duration> took = took(json);
    Optional<Instant> succeeded = json.text("succeeded").flatMap(Timestamps::read);
    if (succeeded.isEmpty()) {
      // Version 1.0 does not tell; of the last run it can be seen.
      succeeded = success(started, exit, took);
    }
    return new RunRecord(
        json.text("counted").flatMap(Timestamps::read),
        RunOrigin.read(json),
        started,
        exit,
        took,
        Contender.read(json),
        json.number("token").orElse(0L),
        succeeded,
        skipped(json),
        PastRun.read(json));
  }

  static Optional<Integer> exit(JsonObject json) {
    return json.number("exit").filter(code -> code >= 0 && code <= 255).map(Long::intValue);
  }

  static Optional<Duration> took(JsonObject json) {
    return json.number("tookMillis").filter(millis -> millis >= 0).map(Duration::ofMillis);
  }

  static long skipped(JsonObject json) {
    return Math.max(0, json.number("skipped").orElse(0L));
  }

  private static Optional<Instant> success(
      Optional<Instant> started, Optional<Integer> exit, Optional<Duration> took) {
    return started.isPresent() && exit.isPresent() && exit.get() == 0
        ? Optional.of(started.get().plus(took.orElse(Duration.ZERO)))
        : Optional.empty();
  }

  /**
   * The data of the record's node.
   *
   * @return one JSON object in UTF-8
   */
  public byte[] bytes() {
    JsonWriter json = new JsonWriter().number("format", FORMAT);
    counted.ifPresent(at -> json.text("counted", Timestamps.text(at)));
    origin.ifPresent(at -> at.write(json));
    started.ifPresent(at -> json.text("started", Timestamps.text(at)));
    exit.ifPresent(code -> json.number("exit", code));
    took.ifPresent(time -> json.number("tookMillis", time.toMillis()));
    who.ifPresent(by -> by.writeWhose(json));
    json.number("token", token);
    if (succeeded.isPresent()) {
      json.text("succeeded", Timestamps.text(succeeded.get()));
    }
    if (skipped > 0) {
      json.number("skipped", skipped);
    }
    PastRun.write(json, earlier);
    return json.bytes();
  }

  /** {@return the runs that are remembered, the newest first} */
  public List<PastRun> runs() {
    List<PastRun> runs = new ArrayList<>();
    if (started.isPresent()) {
      runs.add(last());
    }
    runs.addAll(earlier);
    return List.copyOf(runs);
  }

  private PastRun last() {
    return new PastRun(started.orElse(Instant.EPOCH), exit, took, who, token, skipped);
  }

  /**
   * The same history with one more who came. Whoever asks whether a run is due writes this, because
   * the time of the write is the time that it is; should it be due, {@link #begun} and {@link
   * #ended} take it back.
   *
   * @return the record to write
   */
  public RunRecord asked() {
    return withSkipped(started.isPresent() ? skipped + 1 : 0);
  }

  private RunRecord withSkipped(long number) {
    return new RunRecord(
        counted, origin, started, exit, took, who, token, succeeded, number, earlier);
  }

  /** Those before a run with that token, which asked whether it is due, too. */
  private List<PastRun> before(long itsToken) {
    if (started.isEmpty() || token == itsToken) {
      return earlier;
    }
    return PastRun.behind(withSkipped(Math.max(0, skipped - 1)).last(), earlier);
  }

  /**
   * The same history with a run that has just started; it counts only if {@code attempt}.
   *
   * @param now when it started
   * @param attempt whether it counts whatever becomes of it
   * @param by whose run it is
   * @param in where it runs
   * @param itsToken its fencing token
   * @return the record to write
   */
  public RunRecord begun(Instant now, boolean attempt, Contender by, RunOrigin in, long itsToken) {
    return new RunRecord(
        attempt ? Optional.of(now) : counted,
        attempt ? Optional.of(in) : origin,
        Optional.of(now),
        Optional.empty(),
        Optional.empty(),
        Optional.of(by),
        itsToken,
        succeeded,
        0,
        before(itsToken));
  }

  /**
   * The same history with the end of a run; it counts if it succeeded, or did before.
   *
   * @param start when it started
   * @param in where it runs
   * @param code its exit code
   * @param time how long it took
   * @param by whose run it is
   * @param itsToken its fencing token
   * @return the record to write
   */
  public RunRecord ended(
      Instant start, int code, Duration time, Contender by, RunOrigin in, long itsToken) {
    boolean counts = code == 0 && counted.filter(at -> at.isAfter(start)).isEmpty();
    Optional<Instant> counting = counts ? Optional.of(start) : counted;
    Optional<RunOrigin> where = counts ? Optional.of(in) : origin;
    Optional<Instant> success = success(Optional.of(start), Optional.of(code), Optional.of(time));
    if (success.isEmpty() || succeeded.filter(success.get()::isBefore).isPresent()) {
      success = succeeded;
    }
    if (token > itsToken) {
      // The lock was lost and has moved on: the later run is told, this one only counts.
      return new RunRecord(
          counting, where, started, exit, took, who, token, success, skipped, earlier);
    }
    return new RunRecord(
        counting,
        where,
        Optional.of(start),
        Optional.of(code),
        Optional.of(time),
        Optional.of(by),
        itsToken,
        success,
        0,
        before(itsToken));
  }
}
