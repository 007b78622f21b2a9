package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes how long a grant lasts. */
public final class GrantLifetime {
  /** A quote within a string of JSON has a backslash before it, so this is never part of one. */
  private static final Pattern LIFETIME =
      Pattern.compile("[{,]\\s*\"lifetimeMillis\"\\s*:\\s*(\\d+)");

  private GrantLifetime() {}

  /**
   * The data of a grant with another lifetime; all else in it stays as it was, also what this
   * version does not know.
   *
   * @param data the grant's data, as it was read
   * @param lifetime from the creation of its node
   * @return what is to be written; empty where it does not tell a lifetime as our programs write it
   */
  public static Optional<byte[]> changed(byte[] data, Duration lifetime) {
    String text = new String(data, UTF_8);
    Matcher told = LIFETIME.matcher(text);
    if (!told.find()) {
      return Optional.empty();
    }
    byte[] changed =
        (text.substring(0, told.start(1)) + lifetime.toMillis() + text.substring(told.end(1)))
            .getBytes(UTF_8);
    return JsonObject.parse(changed)
        .flatMap(LeaseTerms::read)
        .filter(terms -> terms.lifetime().equals(lifetime))
        .map(_ -> changed);
  }
}
