package org.lockex.security;

import java.util.Optional;

/**
 * How we speak to ZooKeeper, who we are there, and what others may do with our nodes.
 *
 * @param tls what TLS is spoken with; empty: plain TCP
 * @param login who we are in ZooKeeper's digest scheme; empty: nobody there
 * @param sasl who we are by SASL; empty: nobody there. Our certificate may name us, too
 * @param acl what is put on every node that we make
 */
public record ClientSecurity(
    Optional<TlsFiles> tls, Optional<DigestLogin> login, Optional<SaslLogin> sasl, NodeAcl acl) {
  /** Plain TCP, nobody, everybody may do all. */
  public static final ClientSecurity NONE =
      new ClientSecurity(Optional.empty(), Optional.empty(), Optional.empty(), NodeAcl.OPEN);

  /**
   * A user whose nodes are its own.
   *
   * @param login {@code user:password}
   * @return plain TCP, that user, nobody else may do anything
   */
  public static ClientSecurity owner(String login) {
    return new ClientSecurity(
        Optional.empty(), Optional.of(DigestLogin.of(login)), Optional.empty(), NodeAcl.CREATOR);
  }

  /** {@return whether ZooKeeper can tell us from others} */
  public boolean hasIdentity() {
    return login.isPresent()
        || sasl.isPresent()
        || (tls.isPresent() && tls.get().certificate().isPresent());
  }
}
