package org.lockex.gateway.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Who somebody says to be, and the password to it: Basic authentication, RFC 7617. */
record Login(String user, String password) {
  /** What stands behind {@code Basic}. */
  static Optional<Login> decoded(String base64) {
    try {
      String text = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return colon < 0
          ? Optional.empty()
          : Optional.of(new Login(text.substring(0, colon), text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return user;
  }
}
