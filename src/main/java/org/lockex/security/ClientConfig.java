package org.lockex.security;

import java.util.Optional;
import org.apache.zookeeper.client.ZKClientConfig;

/**
 * The settings of ZooKeeper's client: its defaults, whatever the system properties say, no SASL,
 * and TLS where it is asked for. ZooKeeper's own constructor reads system properties, and for their
 * names alone it loads X509Util, which parses the trust store (30 to 60 ms) and needs Netty.
 */
public final class ClientConfig extends ZKClientConfig {
  private static final String TLS_SOCKET = "org.apache.zookeeper.ClientCnxnSocketTls";

  /** Of a reply: many waiters on one lock, or many locks, are more names than the default takes. */
  private static final int MOST_BYTES = 1 << 25;

  private static final String PLAIN_SOCKET = "org.apache.zookeeper.ClientCnxnSocketPlain";

  private final Optional<TlsConnector> tls;
  private final Optional<Route> route;

  /**
   * Settings of the caller's own.
   *
   * @param tls speaks TLS to the servers; empty: plain TCP
   * @param route where the next server is that is to be tried beside one that keeps us waiting;
   *     empty: none is
   */
  public ClientConfig(Optional<TlsConnector> tls, Optional<Route> route) {
    this.tls = tls;
    this.route = route;
    // Without a login the SASL client only looks up canonical host names, which can take seconds.
    setProperty(ENABLE_CLIENT_SASL_KEY, "false");
    setProperty(JUTE_MAXBUFFER, Integer.toString(MOST_BYTES));
    setProperty(ZOOKEEPER_CLIENT_CNXN_SOCKET, tls.isPresent() ? TLS_SOCKET : PLAIN_SOCKET);
  }

  @Override
  protected void handleBackwardCompatibility() {}

  /** {@return the servers to choose from} */
  public Optional<Route> route() {
    return route;
  }

  /** {@return what speaks TLS to the servers; empty: plain TCP} */
  public Optional<TlsConnector> tls() {
    return tls;
  }
}
