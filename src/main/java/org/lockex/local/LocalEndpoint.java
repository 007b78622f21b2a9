package org.lockex.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;

/**
 * A server on this machine that runs.
 *
 * @param server where it is
 * @param digest {@code user:password} for ZooKeeper's digest scheme; it refuses all others
 * @param pin an open connection that keeps it from stopping before a session is made; left to the
 *     end of the process, or closed once there is a session
 */
public record LocalEndpoint(ServerAddress server, String digest, Socket pin) {
  private static final int CONNECT_MILLIS = 1000;

  /**
   * The server that runs over this folder, if one does.
   *
   * @throws LocalException if one does, and cannot be reached from here
   */
  static Optional<LocalEndpoint> find(StateFolder folder) throws IOException, LocalException {
    Optional<ServerAddress> found = folder.address();
    if (found.isEmpty() || !folder.isServed()) {
      return Optional.empty();
    }
    Optional<Namespaces> there = found.get().namespaces();
    Optional<String> why =
        there.isPresent() ? there.get().unreachableFrom(Namespaces.own()) : Optional.empty();
    if (why.isPresent()) {
      // What listens on that port here is somebody else, who is not to be told the secret.
      throw new LocalException(
          "connect to the server on "
              + folder.path()
              + ": "
              + why.get()
              + ": out of reach from here");
    }
    Socket pin = new Socket();
    try {
      pin.connect(
          new InetSocketAddress(ReadinessCall.loopback(), found.get().port()), CONNECT_MILLIS);
    } catch (IOException e) {
      pin.close();
      return Optional.empty(); // it is stopping
    }
    // A server that is about to stop takes this back first and looks for connections then.
    if (!folder.address().equals(found)) {
      pin.close();
      return Optional.empty();
    }
    return Optional.of(
        new LocalEndpoint(found.get(), SecretAuthentication.digest(folder.secret()), pin));
  }

  /** {@return its address as a connect string} */
  public String hosts() {
    return server.hosts();
  }
}
