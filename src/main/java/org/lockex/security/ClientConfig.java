package org.lockex.security;

import java.util.Optional;
import org.apache.zookeeper.client.ZKClientConfig;

/**
 * The settings of ZooKeeper's client: its defaults, whatever the system properties say, TLS and
 * SASL where they are asked for. ZooKeeper's own constructor reads system properties, and for their
 * names alone it loads X509Util, which parses the trust store (30 to 60 ms) and needs Netty.
 */
public final class ClientConfig extends ZKClientConfig {
  private static final String TLS_SOCKET = "org.apache.zookeeper.ClientCnxnSocketTls";

  private final Connectors connectors;

  /**
   * Settings of the caller's own.
   *
   * @param connectors with what it connects
   */
  public ClientConfig(Connectors connectors) {
    this.connectors = connectors;
    if (connectors.sasl().isPresent()) {
      setProperty(ENABLE_CLIENT_SASL_KEY, "true");
      // Refuses DIGEST-MD5.
      setProperty("zookeeper.fips-mode", "false");
    } else {
      // Without a login the SASL client only looks up canonical host names, which can take seconds.
      setProperty(ENABLE_CLIENT_SASL_KEY, "false");
    }
    if (connectors.tls().isPresent()) {
      setProperty(ZOOKEEPER_CLIENT_CNXN_SOCKET, TLS_SOCKET);
    }
  }

  /**
   * Settings for replies of up to 16 MiB: about 16,000 queue nodes in one list fill the default of
   * 1 MiB.
   *
   * @param connectors with what it connects
   * @return settings of the caller's own
   */
  public static ClientConfig forLongLists(Connectors connectors) {
    ClientConfig config = new ClientConfig(connectors);
    config.setProperty(JUTE_MAXBUFFER, "16777216");
    return config;
  }

  @Override
  protected void handleBackwardCompatibility() {}

  /** {@return what speaks TLS to the servers; empty: plain TCP} */
  public Optional<TlsConnector> tls() {
    return connectors.tls();
  }

  /** For this the client asks first of all for a connection with SASL, once for each. */
  @Override
  public String getProperty(String key) {
    if (connectors.sasl().isPresent() && key.equals(ZOOKEEPER_SERVER_PRINCIPAL)) {
      connectors.sasl().get().prepare();
    }
    return super.getProperty(key);
  }

  /** The client need not ask JAAS at every step whether there is a login. */
  @Override
  @SuppressWarnings("NullAway") // as the client has it: none is a null
  public String getJaasConfKey() {
    return connectors.sasl().isPresent() ? "lockex" : null;
  }
}
