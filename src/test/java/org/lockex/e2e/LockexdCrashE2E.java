package org.lockex.e2e;

import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;

/** kill -9 at any moment: no double grant, no lost grant, tokens only grow, no orphan stays. */
class LockexdCrashE2E {
  private static final int CRASHES = Integer.getInteger("lockex.crashes", 50);

  /** So that the session of a killed lockexd ends after a second, and with it its waiters. */
  private static final InstanceSpec SHORT_TICKS =
      new InstanceSpec(null, -1, -1, -1, true, -1, 500, -1);

  @Test
  void two_gateways_killed_again_and_again() throws Exception {
    try (TestingServer zooKeeper = new TestingServer(SHORT_TICKS, true);
        LockexdFleet fleet = new LockexdFleet(zooKeeper.getConnectString())) {
      fleet.crash(CRASHES);
      fleet.end();
    }
  }

  @Test
  void one_of_three_servers_killed_then_the_leader_then_all() throws Exception {
    try (DebianEnsemble ensemble = new DebianEnsemble();
        LockexdFleet fleet = new LockexdFleet(ensemble.hosts())) {
      int leader = ensemble.awaitLeader();
      int follower = (leader + 1) % 3;
      fleet.awaitGrants(20);
      ensemble.kill(follower);
      fleet.awaitGrants(20);
      fleet.crash(2);
      ensemble.restart(follower);
      ensemble.kill(leader);
      fleet.awaitGrants(20);
      fleet.crash(2);
      ensemble.kill(follower);
      ensemble.restart(follower);
      ensemble.restart(leader);
      fleet.awaitGrants(20);
      fleet.end();
    }
  }
}
