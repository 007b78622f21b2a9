package org.lockex.local;

import java.util.Optional;
import java.util.function.Function;
import org.lockex.cli.Connection;
import org.lockex.cli.ServerChoice;
import org.lockex.lock.session.Hosts;
import org.lockex.security.ClientSecurity;

/**
 * Where the servers are that a command line chose; the same for every program.
 *
 * @param hosts the servers
 * @param security how to speak to them, and who we are there
 * @param endpoint the server on this machine, whose pin is to be kept until there is a session
 */
public record ServerLocation(
    Hosts hosts, ClientSecurity security, Optional<LocalEndpoint> endpoint) {

  /**
   * Finds them; the server of {@code --local} is started if need be.
   *
   * @param connection what the command line says
   * @param environment looks up a variable, empty where it is not set
   * @return where they are
   * @throws LocalException if the server on this machine does not run
   */
  public static ServerLocation find(
      Connection connection, Function<String, Optional<String>> environment) throws LocalException {
    ServerChoice servers = connection.servers();
    if (servers instanceof ServerChoice.Ensemble ensemble) {
      return new ServerLocation(ensemble.hosts(), connection.security(), Optional.empty());
    }
    return of(
        servers instanceof ServerChoice.InFolder in
            ? FolderServer.find(in.folder())
            : LocalServerFinder.ofThisUser(environment).connect(connection.connectTimeout()));
  }

  static ServerLocation of(LocalEndpoint endpoint) {
    return new ServerLocation(
        Hosts.parse(endpoint.hosts()),
        ClientSecurity.owner(endpoint.digest()),
        Optional.of(endpoint));
  }
}
