package org.lockex.e2e;

import org.junit.jupiter.api.AutoClose;

/** Against Debian's own ZooKeeper 3.8. */
class DebianServerE2E extends RunsCommands {
  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper();

  @Override
  String hosts() {
    return server.hosts();
  }
}
