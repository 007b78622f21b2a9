package org.lockex.e2e;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Against Debian's own ZooKeeper 3.8. */
class DebianServerE2E extends RunsCommands {
  private static DebianZooKeeper server;

  @BeforeAll
  static void start() {
    server = new DebianZooKeeper();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  String hosts() {
    return server.hosts();
  }
}
