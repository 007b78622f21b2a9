package org.lockex.znode;

import java.time.Duration;
import java.util.Optional;

/**
 * What a client of lockexd asked for, as its queue node and later its grant carry it beside what
 * every contender tells.
 *
 * @param dialect the protocol it spoke
 * @param requester the name under which it holds the lock, in dialects that have one
 * @param waitTime how long it wanted to wait
 * @param lifetime how long a grant lasts, from the creation of its node
 * @param token the fencing token of a grant, or {@link #OWN_CZXID}; empty while it waits
 */
public record LeaseTerms(
    String dialect,
    Optional<String> requester,
    Duration waitTime,
    Duration lifetime,
    Optional<Long> token) {

  /** The token of a grant that was one from its creation: its own czxid, unknown before. */
  public static final long OWN_CZXID = 0;

  /** A thousand million years, in milliseconds: far from every overflow. */
  private static final long LONGEST_MILLIS = 1_000_000_000_000_000_000L;

  /**
   * The same client, granted; {@link #OWN_CZXID} where the czxid of the grant is the token.
   *
   * @param fencingToken the fencing token
   * @return its terms as a grant carries them
   */
  public LeaseTerms granted(long fencingToken) {
    return new LeaseTerms(dialect, requester, waitTime, lifetime, Optional.of(fencingToken));
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
                json.number("token").filter(token -> token >= 0)));
  }

  private static Optional<Duration> millis(JsonObject json, String name) {
    return json.number(name)
        .filter(millis -> millis >= 0 && millis <= LONGEST_MILLIS)
        .map(Duration::ofMillis);
  }
}
