package org.lockex.simulation.zookeeper;

import org.lockex.simulation.jvm.World;

/** The connection of a follower to its leader. Once a message is lost on it, it is of no use. */
final class Peer {
  final Server leader;
  final Server follower;

  /** When the leader last heard of the follower, on its own clock. */
  long heard;

  /** The follower has the leader's history. */
  boolean synced;

  private final World world;
  private final Paths paths;
  private final long latest;
  private boolean dead;
  private long lastThere;
  private long lastBack;

  Peer(Server leader, Server follower, World world, Paths paths, long latest) {
    this.leader = leader;
    this.follower = follower;
    this.world = world;
    this.paths = paths;
    this.latest = latest;
  }

  void toFollower(Runnable what) {
    long at = arrival(leader, follower, lastThere);
    lastThere = at;
    world.at(
        at,
        () ->
            follower.whenAwake(() -> {
              if (!dead && follower.follows(this)) {
                follower.hearsLeader();
                what.run();
              }
            }));
  }

  void toLeader(Runnable what) {
    long at = arrival(follower, leader, lastBack);
    lastBack = at;
    world.at(
        at,
        () ->
            leader.whenAwake(() -> {
              if (!dead && leader.leads(this)) {
                heard = leader.clock();
                what.run();
              }
            }));
  }

  private long arrival(Server from, Server to, long last) {
    long open = paths.mended(from.name(), to.name());
    if (open - world.now() > latest) {
      dead = true;
    }
    return Math.max(last + 1, open + paths.delay());
  }

  void end() {
    dead = true;
  }
}
