package org.lockex.local;

import java.io.IOException;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.auth.ProviderRegistry;

/**
 * ZooKeeper's own connections, which also make the server known to {@link SecretAuthentication}:
 * the embedded server does not hand it out. ZooKeeper makes it, by the name of its class.
 */
public final class RegisteringConnections extends NIOServerCnxnFactory {
  /** Nothing to do yet. */
  public RegisteringConnections() {}

  @Override
  public void startup(ZooKeeperServer server, boolean startServer)
      throws IOException, InterruptedException {
    if (ProviderRegistry.getProvider(SecretAuthentication.SCHEME)
        instanceof SecretAuthentication gate) {
      gate.serve(server);
    }
    super.startup(server, startServer);
  }
}
