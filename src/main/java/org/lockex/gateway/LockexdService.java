package org.lockex.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lockex.child.Detached;
import org.lockex.cli.Connection;
import org.lockex.cli.Listen;
import org.lockex.cli.LockexdOptions;
import org.lockex.cli.UsageException;
import org.lockex.gateway.dialect.LockServerDialect;
import org.lockex.gateway.dialect.LockserverConfiguration;
import org.lockex.gateway.dialect.LockserverTickets;
import org.lockex.gateway.dialect.RdlmDialect;
import org.lockex.gateway.dialect.XmlRpcDialect;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.GatewayServer;
import org.lockex.gateway.http.PemFiles;
import org.lockex.gateway.lease.Leases;
import org.lockex.gateway.lease.Note;
import org.lockex.gateway.lease.ZooKeeperSettings;
import org.lockex.gateway.status.GatewayMetrics;
import org.lockex.gateway.status.StatusPages;
import org.lockex.local.LocalEndpoint;
import org.lockex.local.LocalException;
import org.lockex.local.LocalServers;
import org.lockex.lock.session.Hosts;

/** Everything that runs: the leases, the dialects over them, the server in front. */
record LockexdService(Leases leases, GatewayServer gateway, List<Listen> listens) {
  private static final Listen DEFAULT = new Listen("127.0.0.1", 8888);

  /**
   * Puts the parts together; nothing runs yet.
   *
   * @param inside the ZooKeeper server of {@code --embedded}
   * @param shutdown stops lockexd
   */
  static LockexdService of(
      LockexdOptions options,
      LockserverConfiguration configuration,
      Optional<EmbeddedZooKeeper> inside,
      Runnable shutdown)
      throws UsageException, LocalException {
    GatewayMetrics metrics = new GatewayMetrics();
    Leases leases =
        new Leases(
            link(options.connection(), inside),
            options.limits(),
            self(),
            LockexdProgram.version(),
            metrics);
    metrics.watch(leases);
    Access access = new Access(administration(options), LockexdProgram.secret(options));
    List<Listen> listens = listens(options, configuration);
    LockServerDialect.Settings lines =
        new LockServerDialect.Settings(
            options.lockTimeout(),
            options.attemptTimeout(),
            options.allowShutdown() ? Optional.of(shutdown) : Optional.empty());
    GatewayServer gateway =
        new GatewayServer(
            listens,
            options.tls().isPresent()
                ? Optional.of(PemFiles.server(options.tls().get()))
                : Optional.empty(),
            options.limits(),
            List.of(
                new RdlmDialect(leases, access),
                new LockServerDialect(leases, access, lines),
                new XmlRpcDialect(access, new LockserverTickets(leases, configuration.locks())),
                new StatusPages(leases, access, metrics)));
    metrics.watch(gateway);
    return new LockexdService(leases, gateway, listens);
  }

  private static ZooKeeperSettings link(Connection connection, Optional<EmbeddedZooKeeper> inside)
      throws LocalException {
    Optional<LocalEndpoint> local =
        inside.isPresent() || connection.hosts().isPresent()
            ? Optional.empty()
            : Optional.of(
                LocalServers.ofThisUser(
                        name -> Optional.ofNullable(System.getenv(name)), Detached::spawn)
                    .connect(connection.connectTimeout()));
    String servers =
        inside
            .map(EmbeddedZooKeeper::address)
            .or(() -> local.map(LocalEndpoint::hosts))
            .or(() -> connection.hosts().map(Hosts::names))
            .orElseThrow();
    String chroot = inside.isPresent() ? "" : connection.hosts().map(Hosts::chroot).orElse("");
    return new ZooKeeperSettings(
        servers,
        chroot + connection.root().path(),
        connection.sessionTimeout(),
        local.map(LocalEndpoint::digest));
  }

  private static Note self() {
    String host;
    try {
      host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      host = "";
    }
    return new Note(
        host, ProcessHandle.current().pid(), "", "lockexd", Instant.now(), Optional.empty());
  }

  private static Access.Administration administration(LockexdOptions options)
      throws UsageException {
    try {
      return Access.Administration.of(options.administrators());
    } catch (IOException e) {
      throw new UsageException("--admin-userpass-file: cannot read " + e.getMessage());
    }
  }

  private static List<Listen> listens(
      LockexdOptions options, LockserverConfiguration configuration) {
    List<Listen> listens = new ArrayList<>(options.listens());
    configuration.listen().filter(listen -> options.listens().isEmpty()).ifPresent(listens::add);
    return listens.isEmpty() ? List.of(DEFAULT) : List.copyOf(listens);
  }

  void start() throws Exception {
    leases.start();
    gateway.start();
  }

  /** Where it listens, ports filled in. */
  List<String> addresses() {
    List<String> addresses = new ArrayList<>();
    List<Integer> ports = gateway.ports();
    for (int i = 0; i < ports.size(); i++) {
      addresses.add(listens.get(i).host() + ":" + ports.get(i));
    }
    return addresses;
  }

  /** No new connections; those that wait are answered; grants stay. */
  void stop() throws Exception {
    gateway.refuse();
    leases.stop();
    gateway.stop();
  }
}
