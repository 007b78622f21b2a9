package org.lockex.znode;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The data of a contender's node: a place in the queue, a lease, or a grant.
 *
 * @param who who it is; empty where a program wrote it that does not tell
 * @param acquired when its command started, by its host's clock; empty while it waits, and for
 *     grants, whose node itself tells
 * @param terms what a client of lockexd, or lockexctl hold, asked for; empty for commands and other
 *     programs
 * @param breakAsked who asks the holder to end, if somebody does
 * @param tokenBase what a command that has started adds to its czxid to have its fencing token
 * @param maxRun how long a command that has started may run; empty: for ever
 */
public record ContenderData(
    Optional<Contender> who,
    Optional<Instant> acquired,
    Optional<LeaseTerms> terms,
    Optional<BreakRequest> breakAsked,
    long tokenBase,
    Optional<Duration> maxRun) {
  private static final String ACQUIRED = "acquired";
  private static final String TOKEN_BASE = "tokenBase";
  private static final String MAX_RUN = "maxRunMillis";

  /**
   * A command that waits.
   *
   * @param who who it is
   * @return the data of its node
   */
  public static ContenderData waiting(Contender who) {
    return new ContenderData(
        Optional.of(who),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty());
  }

  /**
   * A command that has started.
   *
   * @param who who it is
   * @param acquired when its command started, by its host's clock
   * @param tokenBase what it adds to its czxid to have its fencing token
   * @param maxRun how long it may run; empty: for ever
   * @return the data of its node
   */
  public static ContenderData running(
      Contender who, Instant acquired, long tokenBase, Optional<Duration> maxRun) {
    return new ContenderData(
        Optional.of(who),
        Optional.of(acquired),
        Optional.empty(),
        Optional.empty(),
        tokenBase,
        maxRun);
  }

  /**
   * A client of lockexd, or a hold; {@link LeaseTerms#token} tells whether it waits.
   *
   * @param who who it is
   * @param terms what its client asked for
   * @return the data of its node
   */
  public static ContenderData lease(Contender who, LeaseTerms terms) {
    return new ContenderData(
        Optional.of(who),
        Optional.empty(),
        Optional.of(terms),
        Optional.empty(),
        0,
        Optional.empty());
  }

  /** {@return what {@code lockexctl hold} asked for; empty for all others} */
  public Optional<LeaseTerms> hold() {
    return terms.filter(LeaseTerms::isHold);
  }

  /**
   * The data of the node, in the members and the order of version 1.0, which takes {@code acquired}
   * for a start only right after {@code version}.
   *
   * @return one JSON object in UTF-8
   */
  public byte[] bytes() {
    JsonWriter json = new JsonWriter();
    if (who.isPresent()) {
      who.get().write(json);
    }
    if (terms.isPresent()) {
      terms.get().write(json);
    }
    if (acquired.isPresent()) {
      json.text(ACQUIRED, Timestamps.text(acquired.get()));
    }
    if (tokenBase > 0) {
      json.number(TOKEN_BASE, tokenBase);
    }
    if (maxRun.isPresent()) {
      json.number(MAX_RUN, maxRun.get().toMillis());
    }
    if (breakAsked.isPresent()) {
      breakAsked.get().write(json);
    }
    return json.bytes();
  }

  /**
   * Reads any node's data; what it does not tell is empty.
   *
   * @param data a node's data as it was read, possibly empty
   * @return what it tells
   */
  public static ContenderData read(byte[] data) {
    Optional<JsonObject> json = JsonObject.parse(data);
    return new ContenderData(
        json.flatMap(Contender::read),
        json.flatMap(told -> told.text(ACQUIRED)).flatMap(Timestamps::read),
        json.flatMap(LeaseTerms::read),
        BreakRequest.in(data),
        json.flatMap(told -> told.number(TOKEN_BASE))
            .filter(base -> base > 0 && base <= TokenBase.LARGEST)
            .orElse(0L),
        json.flatMap(told -> LeaseTerms.millis(told, MAX_RUN)));
  }

  /**
   * Whether a node's data tells that its command has started; as {@link #read}, without reading the
   * times, whose classes take milliseconds to load.
   *
   * @param data a node's data as it was read, possibly empty
   * @return whether it does
   */
  public static boolean tellsStart(byte[] data) {
    return JsonObject.parse(data).flatMap(told -> told.text(ACQUIRED)).isPresent();
  }
}
