package org.lockex.gateway.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Logins that were right a short time ago, so that a page with its events and a tool that asks
 * often are not hashed each time. No password is kept: only a MAC with a key that nobody but this
 * object has.
 */
final class CheckedLogins {
  private static final Duration KEPT = Duration.ofMinutes(1);
  private static final int MOST = 1000;
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;

  private final SecretKeySpec key;
  private final LongSupplier clock;

  /** When each was checked; the oldest first. */
  private final LinkedHashMap<ByteBuffer, Long> checkedAt = new LinkedHashMap<>();

  /**
   * None yet.
   *
   * @param clock nanoseconds that only grow
   */
  CheckedLogins(LongSupplier clock) {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    this.key = new SecretKeySpec(bytes, ALGORITHM);
    this.clock = clock;
  }

  /** This login is right. */
  synchronized void add(Login login) {
    ByteBuffer mac = ByteBuffer.wrap(mac(login));
    checkedAt.remove(mac);
    checkedAt.put(mac, clock.getAsLong());
    if (checkedAt.size() > MOST) {
      checkedAt.remove(checkedAt.firstEntry().getKey());
    }
  }

  /** Whether it was added less than a minute ago. */
  synchronized boolean remember(Login login) {
    while (!checkedAt.isEmpty()
        && clock.getAsLong() - checkedAt.firstEntry().getValue() > KEPT.toNanos()) {
      checkedAt.pollFirstEntry();
    }
    return checkedAt.containsKey(ByteBuffer.wrap(mac(login)));
  }

  /** What stands for a login in here. */
  byte[] mac(Login login) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      byte[] user = login.user().getBytes(StandardCharsets.UTF_8);
      mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, user.length));
      mac.update(user);
      return mac.doFinal(login.password().getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
