package org.lockex.znode;

import java.time.Duration;
import java.time.Instant;
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
 */
public record RunRecord(
    Optional<Instant> counted,
    Optional<RunOrigin> origin,
    Optional<Instant> started,
    Optional<Integer> exit,
    Optional<Duration> took,
    Optional<Contender> who,
    long token) {

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
          0);

  /**
   * Reads the data of a record's node; empty if it is none of ours.
   *
   * @param data a node's data as it was read, possibly empty
   * @return the record, or empty
   */
  public static Optional<RunRecord> read(byte[] data) {
    return JsonObject.parse(data)
        .filter(json -> json.number("format").equals(Optional.of(FORMAT)))
        .map(json ->
            new RunRecord(
                json.text("counted").flatMap(Timestamps::read),
                RunOrigin.read(json),
                json.text("started").flatMap(Timestamps::read),
                json.number("exit").filter(code -> code >= 0 && code <= 255).map(Long::intValue),
                json.number("tookMillis").filter(millis -> millis >= 0).map(Duration::ofMillis),
                Contender.read(json),
                json.number("token").orElse(0L)));
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
    return json.number("token", token).bytes();
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
        itsToken);
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
    if (token > itsToken) {
      // The lock was lost and has moved on: the later run is told, this one only counts.
      return new RunRecord(counting, where, started, exit, took, who, token);
    }
    return new RunRecord(
        counting,
        where,
        Optional.of(start),
        Optional.of(code),
        Optional.of(time),
        Optional.of(by),
        itsToken);
  }
}
