package org.lockex.e2e;

import java.util.List;
import org.junit.jupiter.api.AutoClose;

/** The faults over plain TCP. */
class FaultsE2E extends FaultTrials {
  @AutoClose
  private static final DebianZooKeeper server = new DebianZooKeeper((int) TICK.toMillis());

  @Override
  DebianZooKeeper server() {
    return server;
  }

  @Override
  DebianZooKeeper make() {
    return new DebianZooKeeper();
  }

  @Override
  String hosts(DebianZooKeeper of) {
    return of.hosts();
  }

  @Override
  List<String> options() {
    return List.of();
  }
}
