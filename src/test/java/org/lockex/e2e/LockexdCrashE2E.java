package org.lockex.e2e;

import org.junit.jupiter.api.Test;
import org.lockex.fixture.TestZooKeeper;

/** kill -9 at any moment: no double grant, no lost grant, tokens only grow, no orphan stays. */
class LockexdCrashE2E {
  private static final int CRASHES = Integer.getInteger("lockex.crashes", 50);

  @Test
  void two_gateways_killed_again_and_again() throws Exception {
    try (TestZooKeeper zooKeeper = new TestZooKeeper();
        LockexdFleet fleet = new LockexdFleet(zooKeeper.hosts())) {
      fleet.crash(CRASHES);
      // How many it grants between two crashes is the machine's affair; that it goes on is ours.
      fleet.awaitGrants(20);
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
