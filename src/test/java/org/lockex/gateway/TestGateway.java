package org.lockex.gateway;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.lockex.cli.lockexd.LockexdOptions.Limits;
import org.lockex.fixture.Poll;
import org.lockex.gateway.async.AsyncRuntime;
import org.lockex.gateway.async.TimerThread;
import org.lockex.gateway.async.ZooKeeperClient;
import org.lockex.gateway.async.ZooKeeperSettings;
import org.lockex.gateway.dialect.CountingLock;
import org.lockex.gateway.dialect.LockServerDialect;
import org.lockex.gateway.dialect.LockserverTickets;
import org.lockex.gateway.dialect.RdlmDialect;
import org.lockex.gateway.dialect.XmlRpcDialect;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.GatewayServer;
import org.lockex.gateway.http.OwnSite;
import org.lockex.gateway.http.PublicSide;
import org.lockex.gateway.lease.LeaseLimits;
import org.lockex.gateway.lease.LeaseStatistics;
import org.lockex.gateway.lease.Leases;
import org.lockex.gateway.status.GatewayMetrics;
import org.lockex.gateway.status.StatusPages;
import org.lockex.lock.session.HostRotation;
import org.lockex.lock.session.Hosts;
import org.lockex.security.ClientSecurity;
import org.lockex.znode.Contender;
import org.lockex.znode.GrantSightings;
import org.lockex.znode.LockId;
import org.lockex.znode.Metadata;

/** A gateway in this process, on a free port, with locks for every dialect. */
final class TestGateway implements AutoCloseable {
  final Duration wait;
  final Duration lifetime;
  final Leases leases;
  private final TimerThread timer = new TimerThread();
  final GatewayServer gateway;
  final int port;
  final AtomicInteger expired = new AtomicInteger();
  final List<LeaseLimits.Reached> refused = new CopyOnWriteArrayList<>();

  TestGateway(String zooKeeper, Duration wait, Duration lifetime) throws Exception {
    this(zooKeeper, wait, lifetime, Limits.DEFAULT, Access.Administration.of("yes"), null);
  }

  TestGateway(
      String zooKeeper,
      Duration wait,
      Duration lifetime,
      Limits limits,
      Access.Administration administration,
      String secret)
      throws Exception {
    this.wait = wait;
    this.lifetime = lifetime;
    leases =
        new Leases(
            AsyncRuntime.ofThisProcess(
                new ZooKeeperClient(
                    new ZooKeeperSettings(
                        zooKeeper,
                        () -> new HostRotation(Hosts.parse(zooKeeper), System::nanoTime),
                        "/lockex",
                        Duration.ofSeconds(6),
                        ClientSecurity.NONE),
                    (code, why) -> {}),
                timer),
            "/lockex",
            "/lockex-tokens",
            LockexdSettings.leaseLimits(limits),
            new Contender("host", 1, "user", "lockexd", Instant.now(), "1.0.0"),
            Metadata.ALL,
            GrantSightings.byThisHost(System::nanoTime),
            new LeaseStatistics.LeaseListener() {
              @Override
              public void granted(long waitedNanos) {}

              @Override
              public void waits() {}

              @Override
              public void expired() {
                expired.incrementAndGet();
              }

              @Override
              public void timedOut() {}

              @Override
              public void released() {}

              @Override
              public void refused(LeaseLimits.Reached limit) {
                refused.add(limit);
              }
            });
    Access access = new Access(administration, Optional.ofNullable(secret));
    List<CountingLock> locks = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      locks.add(counting("lock" + i, 1));
      locks.add(counting("pair" + i, 2));
    }
    LockServerDialect lockServer =
        new LockServerDialect(
            leases, access, new LockServerDialect.Settings(lifetime, wait, Optional.empty()));
    gateway =
        new GatewayServer(
            List.of(InetSocketAddress.createUnresolved("127.0.0.1", 0)),
            Optional.empty(),
            PublicSide.DIRECT,
            LockexdSettings.requestLimits(limits),
            new OwnSite(false, Optional.empty()),
            List.of(
                new RdlmDialect(leases, access),
                lockServer,
                new XmlRpcDialect(access, new LockserverTickets(leases, locks)),
                new StatusPages(
                    leases,
                    access,
                    new GatewayMetrics(),
                    leases.directory()::ready,
                    new StatusPages.Drain() {
                      @Override
                      public void begin(String who) {}

                      @Override
                      public boolean isUnderWay() {
                        return false;
                      }
                    },
                    most -> "",
                    0)),
            lockServer,
            status -> {});
    leases.start();
    gateway.start();
    port = gateway.ports().getFirst();
    Poll.until("the gateway is ready", leases.directory()::ready);
  }

  private CountingLock counting(String name, int size) {
    return new CountingLock(
        LockId.of(name), size, Duration.ofSeconds(2), Duration.ofSeconds(3), lifetime);
  }

  String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  @Override
  public void close() throws Exception {
    leases.stop();
    timer.close();
    gateway.stop();
  }
}
