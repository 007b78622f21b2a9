package org.lockex.inspect;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.lockex.child.Detached;
import org.lockex.cli.Connection;
import org.lockex.cli.Stderr;
import org.lockex.cli.Version;
import org.lockex.local.LocalEndpoint;
import org.lockex.local.LocalException;
import org.lockex.local.LocalServers;
import org.lockex.lock.Contender;
import org.lockex.lock.Hosts;
import org.lockex.lock.LockException;
import org.lockex.lock.Session;
import org.lockex.lock.SessionSettings;

/** The way to the servers that the options name. */
record Servers(Connection connection, Hosts hosts, Optional<String> digest, Stderr stderr) {
  /**
   * The servers that the options name; that of {@code --local} is started if need be.
   *
   * @throws LocalException if it cannot be had
   */
  static Servers of(Connection connection, Stderr stderr) throws LocalException {
    Optional<LocalEndpoint> local =
        connection.hosts().isPresent()
            ? Optional.empty()
            : Optional.of(
                LocalServers.ofThisUser(Servers::variable, Detached::spawn)
                    .connect(connection.connectTimeout()));
    return new Servers(
        connection,
        local.map(endpoint -> Hosts.parse(endpoint.hosts())).or(connection::hosts).orElseThrow(),
        local.map(LocalEndpoint::digest),
        stderr);
  }

  /** A variable of the environment; empty where it is not set. */
  static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name));
  }

  /** Who we are, for those whom we ask for something. */
  static Contender self() {
    return Contender.ofThisProcess(
        List.of("lockexctl".getBytes(StandardCharsets.UTF_8)), Instant.now(), Version.number());
  }

  /** A new session that is not connected yet. */
  Session open() {
    return Session.open(
        new SessionSettings(
            hosts,
            connection.sessionTimeout(),
            connection.connectTimeout(),
            digest,
            System::nanoTime,
            self(),
            stderr::detail));
  }

  /** The locks, through a new session. */
  LockTree connect() throws LockException, InterruptedException {
    return new LockTree(open().awaitClient(), hosts.chroot(), connection.root());
  }
}
