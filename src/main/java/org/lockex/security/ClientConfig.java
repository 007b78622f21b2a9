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
  private final Optional<Route> route;

  /** Of a reply: many waiters on one lock, or many locks, are more names than the default takes. */
  private static final long MOST_BYTES = 1 << 25;

  /** A reply and what is made of it have to fit: without memory a program ends, lock and all. */
  private static final int PART_OF_THE_HEAP = 4;

  private final long most =
      Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / PART_OF_THE_HEAP);

  private volatile int tooLarge;

  private static final String PLAIN_SOCKET = "org.apache.zookeeper.ClientCnxnSocketPlain";

  /**
   * Settings of the caller's own.
   *
   * @param connectors with what it connects
   * @param route where the next server is that is to be tried beside one that keeps us waiting;
   *     empty: none is
   */
  public ClientConfig(Connectors connectors, Optional<Route> route) {
    this.connectors = connectors;
    this.route = route;
    if (connectors.sasl().isPresent()) {
      setProperty(ENABLE_CLIENT_SASL_KEY, "true");
      // Refuses DIGEST-MD5.
      setProperty("zookeeper.fips-mode", "false");
    } else {
      // Without a login the SASL client only looks up canonical host names, which can take seconds.
      setProperty(ENABLE_CLIENT_SASL_KEY, "false");
    }
    setProperty(JUTE_MAXBUFFER, Long.toString(most));
    setProperty(
        ZOOKEEPER_CLIENT_CNXN_SOCKET, connectors.tls().isPresent() ? TLS_SOCKET : PLAIN_SOCKET);
  }

  @Override
  protected void handleBackwardCompatibility() {}

  /**
   * An answer begins; the client breaks the connection where it is too large.
   *
   * @param bytes of it
   */
  public void answer(int bytes) {
    if (bytes > most) {
      tooLarge = bytes;
    }
  }

  /** {@return why the connection was broken by the client itself; empty if it never was} */
  public Optional<String> tooLarge() {
    int bytes = tooLarge;
    return bytes == 0
        ? Optional.empty()
        : Optional.of("the answer has " + bytes + " bytes, and there is room for " + most);
  }

  /** {@return the servers to choose from} */
  public Optional<Route> route() {
    return route;
  }

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
