package org.lockex.inspect;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.ZooKeeper;
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

/** The way to the servers that the options name, and the sessions there. */
final class Servers implements AutoCloseable {
  /** How long the end of a session may take before it is left to its timeout. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final Connection connection;
  private final Hosts hosts;
  private final Optional<String> digest;
  private final Stderr stderr;
  private final List<Session> sessions = new ArrayList<>();

  private Servers(Connection connection, Hosts hosts, Optional<String> digest, Stderr stderr) {
    this.connection = connection;
    this.hosts = hosts;
    this.digest = digest;
    this.stderr = stderr;
  }

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

  Connection connection() {
    return connection;
  }

  Hosts hosts() {
    return hosts;
  }

  /** A new session that is not connected yet; after {@link #tree} it is ended with the others. */
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
    return tree(open());
  }

  /** The locks, through this session, as soon as it is connected. */
  LockTree tree(Session session) throws LockException, InterruptedException {
    ZooKeeper client = session.awaitClient();
    sessions.add(session);
    return new LockTree(client, hosts.chroot(), connection.root());
  }

  /**
   * Ends the sessions: they would stay for their timeout, and their threads, which are in the
   * kernel, would hold up the end of the process for 300 ms (VM_Exit in HotSpot's
   * vmOperations.cpp).
   */
  @Override
  public void close() throws InterruptedException {
    for (Session session : sessions) {
      session.end(PATIENCE);
    }
  }
}
