package org.lockex.security;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.jspecify.annotations.Nullable;

/**
 * What makes our connections safe and known, each with what it remembers of the last one.
 *
 * @param tls speaks TLS; empty: plain TCP
 * @param sasl logs in by SASL; empty: no such login
 */
public record Connectors(Optional<TlsConnector> tls, Optional<SaslConnector> sasl) {
  /** Plain TCP, no login. */
  public static final Connectors NONE = new Connectors(Optional.empty(), Optional.empty());

  /**
   * Those of a session.
   *
   * @param security what is asked for
   * @return new ones
   */
  public static Connectors of(ClientSecurity security) {
    if (security.tls().isEmpty() && security.sasl().isEmpty()) {
      return NONE;
    }
    return new Connectors(
        security.tls().map(TlsConnector::new), security.sasl().map(SaslConnector::new));
  }

  /**
   * Whether a connection can be used.
   *
   * @param news what ZooKeeper's client told of it last
   * @return whether it is made and, with SASL, we are logged in
   */
  public boolean isDone(KeeperState news) {
    return news == (sasl.isPresent() ? KeeperState.SaslAuthenticated : KeeperState.SyncConnected);
  }

  /** {@return what hindered the last connection, in one clause; empty if nothing is known here} */
  public Optional<String> failure() {
    Optional<String> ofTls = tls.flatMap(TlsConnector::failure).map(TlsFailure::why);
    return ofTls.or(() -> sasl.flatMap(SaslConnector::failure).map(SaslFailure::why));
  }

  /**
   * What hindered the last connection.
   *
   * @param servers for the words
   * @return a line; empty if nothing did that is known here
   */
  public Optional<String> trouble(String servers) {
    Optional<String> ofTls =
        tls.flatMap(TlsConnector::failure)
            .map(failure -> "TLS with ZooKeeper at " + servers + ": " + failure.why());
    return ofTls.or(() ->
        sasl.flatMap(SaslConnector::failure)
            .map(failure -> "cannot log in to ZooKeeper at " + servers + ": " + failure.why()));
  }

  /**
   * Why a server did not accept the login; may ask Kerberos, which may take long.
   *
   * @param server that refused us, if it is known
   * @return one clause
   */
  public String refusal(@Nullable SocketAddress server) {
    return sasl.isPresent()
            && server instanceof InetSocketAddress address
            && address.getAddress() != null
        ? sasl.get().refusal(canonical(address))
        : "the server refused the login";
  }

  /** The name for which the client asks Kerberos (SaslServerPrincipal, ZooKeeper 3.9). */
  private static String canonical(InetSocketAddress server) {
    String name = server.getAddress().getCanonicalHostName();
    return name.equals(server.getAddress().getHostAddress()) ? server.getHostString() : name;
  }

  /** {@return whether no connection comes about until somebody mends what we log in with} */
  public boolean isHopeless() {
    return sasl.isPresent()
        && sasl.get().failure().isPresent()
        && !sasl.get().failure().get().mayPass();
  }
}
