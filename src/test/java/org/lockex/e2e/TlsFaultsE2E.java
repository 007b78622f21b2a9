package org.lockex.e2e;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Authority;

/** The faults over TLS. */
class TlsFaultsE2E extends FaultTrials {
  @TempDir static Path certificates;

  private static Authority authority;
  private static Authority.Signed own;
  private static DebianZooKeeper server;

  @BeforeAll
  static void start() {
    authority = new Authority(certificates, "authority");
    own = authority.sign("zk", "IP:127.0.0.1");
    server = make((int) TICK.toMillis());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static DebianZooKeeper make(int tickMillis) {
    return DebianZooKeeper.withTls(tickMillis, own, authority.certificate(), "none");
  }

  @Override
  DebianZooKeeper server() {
    return server;
  }

  @Override
  DebianZooKeeper make() {
    return make((int) TICK.toMillis());
  }

  @Override
  String hosts(DebianZooKeeper of) {
    return of.tlsHosts();
  }

  @Override
  List<String> options() {
    return List.of("--zk-cacert", authority.certificate().toString());
  }
}
