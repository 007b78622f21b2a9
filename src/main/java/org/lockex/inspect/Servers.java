package org.lockex.inspect;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.lockex.cli.Connection;
import org.lockex.cli.Stderr;
import org.lockex.cli.Version;
import org.lockex.lock.Contender;
import org.lockex.lock.Hosts;
import org.lockex.lock.LockException;
import org.lockex.lock.Session;
import org.lockex.lock.SessionSettings;

/** The way to the servers that the options name. */
record Servers(Connection connection, Stderr stderr) {
  /** Who we are, for those whom we ask for something. */
  static Contender self() {
    return Contender.ofThisProcess(
        List.of("lockexctl".getBytes(StandardCharsets.UTF_8)), Instant.now(), Version.number());
  }

  Hosts hosts() {
    return connection.hosts().orElseThrow();
  }

  /** A new session that is not connected yet. */
  Session open() {
    return Session.open(
        new SessionSettings(
            hosts(),
            connection.sessionTimeout(),
            connection.connectTimeout(),
            Optional.empty(),
            System::nanoTime,
            self(),
            stderr::detail));
  }

  /** The locks, through a new session. */
  LockTree connect() throws LockException, InterruptedException {
    return new LockTree(open().awaitClient(), hosts().chroot(), connection.root());
  }
}
