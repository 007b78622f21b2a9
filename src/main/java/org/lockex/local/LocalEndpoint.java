package org.lockex.local;

import java.net.Socket;

/**
 * A local server that runs.
 *
 * @param server where it is
 * @param digest {@code user:password} for ZooKeeper's digest scheme; it refuses all others
 * @param pin an open connection that keeps it from stopping before a session is made; left to the
 *     end of the process, or closed once there is a session
 */
public record LocalEndpoint(ServerAddress server, String digest, Socket pin) {
  /** {@return its address as a connect string} */
  public String hosts() {
    return "127.0.0.1:" + server.port();
  }
}
