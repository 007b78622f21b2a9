package org.lockex.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.lockex.ExitCode;
import org.lockex.child.SystemClock;
import org.lockex.cli.Stderr;
import org.lockex.cli.UsageException;
import org.lockex.cli.Version;
import org.lockex.cli.lockexd.LockexdOptions;
import org.lockex.gateway.async.AsyncRuntime;
import org.lockex.gateway.async.RootProbe;
import org.lockex.gateway.async.TimerThread;
import org.lockex.gateway.async.ZooKeeperClient;
import org.lockex.gateway.async.ZooKeeperSettings;
import org.lockex.gateway.dialect.LockServerDialect;
import org.lockex.gateway.dialect.LockserverConfiguration;
import org.lockex.gateway.dialect.LockserverTickets;
import org.lockex.gateway.dialect.RdlmDialect;
import org.lockex.gateway.dialect.XmlRpcDialect;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.GatewayServer;
import org.lockex.gateway.lease.Leases;
import org.lockex.gateway.status.GatewayMetrics;
import org.lockex.gateway.status.StatusPages;
import org.lockex.local.ServerLocation;
import org.lockex.lock.session.OwnName;
import org.lockex.znode.Contender;
import org.lockex.znode.GrantSightings;

/** Everything that runs: the leases, the dialects over them, the server in front. */
record LockexdService(
    Leases leases,
    Availability availability,
    TimerThread timer,
    Draining draining,
    GatewayServer server,
    List<InetSocketAddress> listens) {

  /**
   * Puts the parts together; nothing runs yet.
   *
   * @param servers where the locks are
   * @param files reads those that may be replaced meanwhile
   * @param shutdown stops lockexd
   * @param useless told why the servers will never do, and what to exit with
   * @param stderr where it says that ZooKeeper is away
   */
  static LockexdService of(
      LockexdOptions options,
      LockserverConfiguration configuration,
      ServerLocation servers,
      FileReloads files,
      Runnable shutdown,
      BiConsumer<ExitCode, String> useless,
      Stderr stderr)
      throws UsageException {
    GatewayMetrics metrics = new GatewayMetrics();
    ZooKeeperSettings zooKeeper = LockexdSettings.zooKeeper(options.connection(), servers);
    TimerThread timer = new TimerThread();
    ZooKeeperClient client = new ZooKeeperClient(zooKeeper, useless);
    Leases leases =
        new Leases(
            AsyncRuntime.ofThisProcess(client, timer),
            zooKeeper.root(),
            servers.hosts().chroot() + options.connection().root().tokens(),
            LockexdSettings.leaseLimits(options.limits()),
            Contender.ofThisProcess(List.of(), Instant.now(), Version.number()),
            options.connection().metadata(),
            GrantSightings.byThisHost(
                options.connection().servers().isOnThisMachine()
                    ? SystemClock.MONOTONIC
                    : SystemClock.BOOTTIME),
            metrics);
    metrics.watch(leases);
    Availability availability =
        new Availability(
            leases,
            new RootProbe(client, zooKeeper.root()),
            timer,
            new OutageWords(
                servers.hosts(),
                zooKeeper.root(),
                servers.security().tls().isPresent(),
                client::trouble),
            stderr);
    Access access = LockexdSettings.access(options, files);
    LockServerDialect lockServer =
        new LockServerDialect(
            leases,
            access,
            new LockServerDialect.Settings(
                options.lockTimeout(),
                options.attemptTimeout(),
                options.allowShutdown() ? Optional.of(shutdown) : Optional.empty()));
    Draining draining = new Draining(options.drain(), timer, stderr, shutdown);
    List<InetSocketAddress> listens = LockexdSettings.addresses(options.listens(), configuration);
    GatewayServer server =
        new GatewayServer(
            listens,
            LockexdSettings.tls(options, files),
            LockexdSettings.publicSide(options),
            LockexdSettings.requestLimits(options.limits()),
            LockexdSettings.site(listens, options.publicUrl()),
            List.of(
                new RdlmDialect(leases, access),
                lockServer,
                new XmlRpcDialect(access, new LockserverTickets(leases, configuration.locks())),
                new StatusPages(
                    leases,
                    access,
                    metrics,
                    availability::isThere,
                    draining,
                    new LockScrape(
                        leases.directory(),
                        client,
                        zooKeeper.root(),
                        servers.hosts().chroot() + options.connection().root().runs()),
                    options.metricsLocks())),
            lockServer,
            metrics::answered);
    metrics.watch(server);
    return new LockexdService(leases, availability, timer, draining, server, listens);
  }

  /** Connects to ZooKeeper and opens the ports. */
  void start() throws Exception {
    availability.start();
    OwnName.<@Nullable Void, IOException>unwanted(() -> {
      leases.start();
      return null;
    });
    server.start();
  }

  /** Where it listens, ports filled in. */
  List<String> addresses() {
    List<String> addresses = new ArrayList<>();
    List<Integer> ports = server.ports();
    for (int i = 0; i < ports.size(); i++) {
      addresses.add(listens.get(i).getHostString() + ":" + ports.get(i));
    }
    return addresses;
  }

  /** No new connections; those that wait are answered; grants stay. */
  void stop() throws Exception {
    availability.stop();
    server.refuse();
    leases.stop();
    timer.close();
    server.stop();
  }
}
