package org.lockex.e2e;

import org.junit.jupiter.api.AutoClose;

/** The server that {@code src/bench/servers} names. */
class ServerOfAnyRelease extends ServesLocks {
  private static final String VERSION = System.getProperty("lockex.server");

  @AutoClose private static final DebianZooKeeper server = ZooKeeperRelease.start(VERSION);

  @Override
  DebianZooKeeper server() {
    return server;
  }

  @Override
  boolean servesLockexd() {
    return !VERSION.startsWith("3.5.");
  }
}
