package org.lockex.znode;

import java.time.Duration;
import java.util.Optional;

/**
 * What a client of lockexd, or {@code lockexctl hold}, asked for, as its queue node and later its
 * grant carry it beside what every contender tells.
 *
 * @param dialect the protocol it spoke, or {@link #HOLD}
 * @param requester the name under which it holds the lock, in dialects that have one
 * @param waitTime how long it wanted to wait
 * @param lifetime how long a grant lasts, from the creation of its node
 * @param token the fencing token of a grant, or {@link #OWN_CZXID}; empty while it waits
 * @param reason of a hold, if one was given
 */
public record LeaseTerms(
    String dialect,
    Optional<String> requester,
    Duration waitTime,
    Duration lifetime,
    Optional<Long> token,
    Optional<String> reason) {

  /** The token of a grant that was one from its creation: its own czxid, unknown before. */
  public static final long OWN_CZXID = 0;

  /** What stands in the place of a protocol in what {@code lockexctl hold} makes. */
  public static final String HOLD = "hold";

  /** The longest reason, in bytes of UTF-8. */
  public static final int MAX_REASON_BYTES = 256;

  /** A thousand million years, in milliseconds: far from every overflow. */
  private static final long LONGEST_MILLIS = 1_000_000_000_000_000_000L;

  /**
   * What a client of lockexd asked for.
   *
   * @param dialect the protocol it spoke
   * @param requester the name under which it holds the lock, in dialects that have one
   * @param waitTime how long it wanted to wait
   * @param lifetime how long a grant lasts, from the creation of its node
   * @param token the fencing token of a grant, or {@link #OWN_CZXID}; empty while it waits
   */
  public LeaseTerms(
      String dialect,
      Optional<String> requester,
      Duration waitTime,
      Duration lifetime,
      Optional<Long> token) {
    this(dialect, requester, waitTime, lifetime, token, Optional.empty());
  }

  /**
   * What {@code lockexctl hold} asks for.
   *
   * @param waitTime how long it wants to wait
   * @param lifetime how long it is to hold
   * @param reason why, in the words of whoever asks
   * @return its terms while it waits
   */
  public static LeaseTerms hold(Duration waitTime, Duration lifetime, Optional<String> reason) {
    return new LeaseTerms(HOLD, Optional.empty(), waitTime, lifetime, Optional.empty(), reason);
  }

  /** {@return whether {@code lockexctl hold} asked for it} */
  public boolean isHold() {
    return dialect.equals(HOLD);
  }

  /**
   * What a hold is for, in words.
   *
   * @param until its end, as people read it
   * @return for example {@code held for maintenance until 14:00: db upgrade}
   */
  public String heldFor(String until) {
    return "held for maintenance until "
        + until
        + reason.map(why -> ": " + why).orElse(", no reason told");
  }

  /** {@return what a hold that does not stand yet is for} */
  public String wanted() {
    return "a hold for maintenance" + reason.map(why -> ": " + why).orElse("");
  }

  /** {@return the same without its end} */
  public String heldFor() {
    return "held for maintenance" + reason.map(why -> ": " + why).orElse(", no reason told");
  }

  /**
   * The same client, granted; {@link #OWN_CZXID} where the czxid of the grant is the token.
   *
   * @param fencingToken the fencing token
   * @return its terms as a grant carries them
   */
  public LeaseTerms granted(long fencingToken) {
    return new LeaseTerms(
        dialect, requester, waitTime, lifetime, Optional.of(fencingToken), reason);
  }

  void write(JsonWriter json) {
    json.text("dialect", dialect);
    if (requester.isPresent()) {
      json.text("requester", requester.get());
    }
    json.number("waitMillis", waitTime.toMillis()).number("lifetimeMillis", lifetime.toMillis());
    if (token.isPresent()) {
      json.number("token", token.get());
    }
    if (reason.isPresent()) {
      json.text("reason", reason.get());
    }
  }

  /** Empty where no lifetime is told: then it is no client of lockexd. */
  static Optional<LeaseTerms> read(JsonObject json) {
    Optional<Duration> lifetime = millis(json, "lifetimeMillis");
    return lifetime.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new LeaseTerms(
                json.text("dialect").orElse(""),
                json.text("requester"),
                millis(json, "waitMillis").orElse(Duration.ZERO),
                lifetime.get(),
                json.number("token").filter(token -> token >= 0),
                json.text("reason")));
  }

  static Optional<Duration> millis(JsonObject json, String name) {
    return json.number(name)
        .filter(millis -> millis >= 0 && millis <= LONGEST_MILLIS)
        .map(Duration::ofMillis);
  }
}
