package org.lockex.e2e;

import org.junit.jupiter.api.AutoClose;

/** The oldest server that lockex and lockexctl work with. */
class OldestServerE2E extends ServesLocks {
  @AutoClose
  private static final DebianZooKeeper server = ZooKeeperRelease.start(ZooKeeperRelease.OLDEST);

  @Override
  DebianZooKeeper server() {
    return server;
  }

  @Override
  boolean servesLockexd() {
    return false;
  }
}
