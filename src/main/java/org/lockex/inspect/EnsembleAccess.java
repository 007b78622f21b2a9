package org.lockex.inspect;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.ZooKeeper;
import org.lockex.child.SystemClock;
import org.lockex.cli.Connection;
import org.lockex.cli.Stderr;
import org.lockex.cli.Version;
import org.lockex.local.LocalException;
import org.lockex.local.ServerLocation;
import org.lockex.lock.session.Hosts;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ReadRequests;
import org.lockex.lock.session.SessionSettings;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.security.ClientSecurity;
import org.lockex.znode.Contender;
import org.lockex.znode.LeaseTerms;

/** The way to the servers that the options name, and the sessions there. */
final class EnsembleAccess implements AutoCloseable {
  /** How long the end of a session may take before it is left to its timeout. */
  private static final Duration END_TIMEOUT = Duration.ofMillis(500);

  private final Connection connection;
  private final ServerLocation servers;
  private final Stderr stderr;
  private final List<ZooKeeperSession> sessions = new ArrayList<>();

  private EnsembleAccess(Connection connection, ServerLocation servers, Stderr stderr) {
    this.connection = connection;
    this.servers = servers;
    this.stderr = stderr;
  }

  /**
   * The servers that the options name; that of {@code --local} is started if need be.
   *
   * @throws LocalException if it cannot be had
   */
  static EnsembleAccess of(Connection connection, Stderr stderr) throws LocalException {
    return new EnsembleAccess(
        connection, ServerLocation.find(connection, EnsembleAccess::variable), stderr);
  }

  /** A variable of the environment; empty where it is not set. */
  static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name));
  }

  /** Who we are, for those whom we ask for something. */
  static Contender self(Connection connection) {
    return Contender.ofThisProcess(
            List.of("lockexctl".getBytes(StandardCharsets.UTF_8)), Instant.now(), Version.number())
        .told(connection.metadata());
  }

  Connection connection() {
    return connection;
  }

  ClientSecurity security() {
    return servers.security();
  }

  Hosts hosts() {
    return servers.hosts();
  }

  /** A new session that is not connected yet; after {@link #tree} it is ended with the others. */
  ZooKeeperSession open() {
    return ZooKeeperSession.open(
        new SessionSettings(
            servers.hosts(),
            connection.sessionTimeout(),
            connection.connectTimeout(),
            servers.security(),
            System::nanoTime,
            self(connection),
            stderr::detail,
            defect -> stderr.fault("read on ZooKeeper: " + defect)));
  }

  /**
   * A new session for a hold, on the clock of leases; whoever opens it ends it.
   *
   * @param command what its nodes tell of us
   * @param terms likewise, while it waits
   * @param defects told what a thread of the lock died of
   */
  ZooKeeperSession open(String command, Optional<LeaseTerms> terms, Consumer<Throwable> defects) {
    Contender self = self(connection);
    return ZooKeeperSession.open(
        new SessionSettings(
            servers.hosts(),
            connection.sessionTimeout(),
            connection.connectTimeout(),
            servers.security(),
            clock(),
            self.doing(connection.metadata().command() ? command : ""),
            terms,
            stderr::detail,
            defects));
  }

  /** The clock by which grants end: it stands still where the server does, too. */
  SystemClock clock() {
    return connection.servers().isOnThisMachine() ? SystemClock.MONOTONIC : SystemClock.BOOTTIME;
  }

  /** The locks, through a new session. */
  LockReader connect() throws LockException, InterruptedException {
    return tree(open());
  }

  /** The locks, through this session, as soon as it is connected. */
  LockReader tree(ZooKeeperSession session) throws LockException, InterruptedException {
    ZooKeeper client = session.awaitClient();
    sessions.add(session);
    return new LockReader(new ReadRequests(client), servers.hosts().chroot(), connection.root());
  }

  /**
   * Ends the sessions: they would stay for their timeout, and their threads, which are in the
   * kernel, would hold up the end of the process for 300 ms (VM_Exit in HotSpot's
   * vmOperations.cpp).
   */
  @Override
  public void close() throws InterruptedException {
    for (ZooKeeperSession session : sessions) {
      session.end(END_TIMEOUT);
    }
  }
}
