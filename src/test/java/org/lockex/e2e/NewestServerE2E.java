package org.lockex.e2e;

import org.junit.jupiter.api.AutoClose;

/** The newest server. */
class NewestServerE2E extends ServesLocks {
  @AutoClose
  private static final DebianZooKeeper server = ZooKeeperRelease.start(ZooKeeperRelease.NEWEST);

  @Override
  DebianZooKeeper server() {
    return server;
  }

  @Override
  boolean servesLockexd() {
    return true;
  }
}
