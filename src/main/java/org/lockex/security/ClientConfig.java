package org.lockex.security;

import java.util.Optional;
import org.apache.zookeeper.client.ZKClientConfig;

/**
 * The settings of ZooKeeper's client: its defaults, whatever the system properties say, no SASL,
 * and TLS where it is asked for. ZooKeeper's own constructor reads system properties, and for their
 * names alone it loads X509Util, which parses the trust store (30 to 60 ms) and needs Netty.
 */
public final class ClientConfig extends ZKClientConfig {
  private static final String PLAIN_SOCKET = "org.apache.zookeeper.ClientCnxnSocketPlain";
  private static final String TLS_SOCKET = "org.apache.zookeeper.ClientCnxnSocketTls";

  private final Optional<TlsConnector> tls;

  /**
   * Settings of the caller's own.
   *
   * @param tls speaks TLS to the servers; empty: plain TCP
   */
  public ClientConfig(Optional<TlsConnector> tls) {
    this.tls = tls;
    // Without a login the SASL client only looks up canonical host names, which can take seconds.
    setProperty(ENABLE_CLIENT_SASL_KEY, "false");
    setProperty(ZOOKEEPER_CLIENT_CNXN_SOCKET, tls.isPresent() ? TLS_SOCKET : PLAIN_SOCKET);
  }

  @Override
  protected void handleBackwardCompatibility() {}

  /** {@return what speaks TLS to the servers; empty: plain TCP} */
  public Optional<TlsConnector> tls() {
    return tls;
  }
}
