package org.lockex.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A lockexd with a network of its own to each ZooKeeper server, and what can happen to it. */
final class SoakGateway implements AutoCloseable {
  private static final int SERVERS = 3;

  private final List<Proxy> network = new ArrayList<>();
  private final SoakEvidence evidence;
  private final Lockexd lockexd;

  SoakGateway(DebianEnsemble ensemble, SoakEvidence evidence) throws Exception {
    for (int i = 0; i < SERVERS; i++) {
      network.add(ensemble.anotherProxy(i));
    }
    this.evidence = evidence;
    String hosts = String.join(",", network.stream().map(Proxy::hosts).toList());
    lockexd = new Lockexd("-z", hosts, "--session-timeout", "2s", "--admin-userpass-file", "yes");
  }

  Lockexd lockexd() {
    return lockexd;
  }

  void fault() throws Exception {
    switch (random(5)) {
      case 0 -> {
        lockexd.crash();
        said();
        lockexd.restart();
        evidence.count("fault: lockexd killed");
      }
      case 1 -> {
        end();
        lockexd.restart();
        evidence.count("fault: lockexd ended and restarted");
      }
      case 2 -> {
        Image.kill("STOP", lockexd.pid());
        Thread.sleep(100 + random(4000));
        Image.kill("CONT", lockexd.pid());
        evidence.count("fault: lockexd stopped");
      }
      case 3 -> {
        network.forEach(Proxy::goSilent);
        Thread.sleep(100 + random(4000));
        network.forEach(Proxy::heal);
        evidence.count("fault: lockexd's network silent");
      }
      default -> cutReload();
    }
  }

  /** Its connection breaks, and the next ones do so while it loads what stands in ZooKeeper. */
  private void cutReload() throws InterruptedException {
    network.forEach(proxy -> proxy.cutAfter(200 + random(40_000)));
    network.forEach(Proxy::reset);
    Thread.sleep(100 + random(1000));
    for (Proxy proxy : network) {
      if (proxy.wasCut()) {
        evidence.count("reloads cut");
      }
    }
    evidence.count("fault: lockexd's connection reset");
  }

  /** SIGTERM, after which it has nothing to complain of. */
  void end() {
    int code = lockexd.stop();
    if (code != 0) {
      evidence.fault("lockexd ended with " + code);
    }
    said();
  }

  /** A stack trace tells of a mistake of ours. */
  private void said() {
    String said = lockexd.said();
    if (said.contains("Exception")) {
      evidence.fault(said);
    }
  }

  private static int random(int bound) {
    return ThreadLocalRandom.current().nextInt(bound);
  }

  @Override
  public void close() throws Exception {
    lockexd.close();
    network.forEach(Proxy::close);
  }
}
