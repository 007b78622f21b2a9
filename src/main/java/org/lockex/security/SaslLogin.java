package org.lockex.security;

import java.nio.file.Path;
import java.util.Optional;

/** Who we are by SASL. It holds no secret: that is read for each connection. */
public sealed interface SaslLogin {
  /**
   * A user and a password, by DIGEST-MD5, which does not send the password.
   *
   * @param file holds {@code user:password}
   */
  record Password(Path file) implements SaslLogin {
    @Override
    public String toString() {
      return "sasl:" + file;
    }
  }

  /**
   * Kerberos.
   *
   * @param principal with or without its realm
   * @param keytab holds a key of it; empty: a ticket in the cache of this user
   */
  record Kerberos(String principal, Optional<Path> keytab) implements SaslLogin {
    @Override
    public String toString() {
      return "kerberos:" + principal;
    }
  }
}
