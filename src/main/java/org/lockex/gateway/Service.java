package org.lockex.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lockex.cli.Connection;
import org.lockex.cli.Listen;
import org.lockex.cli.LockexdOptions;
import org.lockex.cli.UsageException;
import org.lockex.local.ServerLocation;

/** Everything that runs: the leases, the dialects over them, the server in front. */
record Service(Leases leases, Gateway gateway, List<Listen> listens) {
  private static final Listen DEFAULT = new Listen("127.0.0.1", 8888);

  /**
   * Puts the parts together; nothing runs yet.
   *
   * @param servers where the locks are
   * @param shutdown stops lockexd
   */
  static Service of(
      LockexdOptions options,
      Configuration configuration,
      ServerLocation servers,
      Runnable shutdown)
      throws UsageException {
    Metrics metrics = new Metrics();
    Leases leases =
        new Leases(
            link(options.connection(), servers),
            options.limits(),
            self(),
            Daemon.version(),
            metrics);
    metrics.watch(leases);
    Access access = new Access(administration(options), Daemon.secret(options));
    List<Listen> listens = listens(options, configuration);
    Lines.Settings lines =
        new Lines.Settings(
            options.lockTimeout(),
            options.attemptTimeout(),
            options.allowShutdown() ? Optional.of(shutdown) : Optional.empty());
    Gateway gateway =
        new Gateway(
            listens,
            options.tls().isPresent()
                ? Optional.of(Pem.server(options.tls().get()))
                : Optional.empty(),
            options.limits(),
            List.of(
                new Rdlm(leases, access),
                new Lines(leases, access, lines),
                new XmlRpc(access, new Tickets(leases, configuration.locks())),
                new Pages(leases, access, metrics)));
    metrics.watch(gateway);
    return new Service(leases, gateway, listens);
  }

  private static LinkSettings link(Connection connection, ServerLocation servers) {
    return new LinkSettings(
        servers.hosts().names(),
        servers.hosts().chroot() + connection.root().path(),
        connection.sessionTimeout(),
        servers.digest());
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

  private static List<Listen> listens(LockexdOptions options, Configuration configuration) {
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
