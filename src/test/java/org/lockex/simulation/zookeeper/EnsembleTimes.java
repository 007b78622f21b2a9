package org.lockex.simulation.zookeeper;

/**
 * How fast an ensemble is; nanoseconds, but for the tick.
 *
 * @param tickMs ZooKeeper's tickTime
 * @param syncLimit ticks of silence after which a follower leaves its leader, and the other way
 *     round
 * @param delay what a message takes from one to another
 * @param disk what a write to the log takes
 * @param latePing how long a message between two servers may take; a connection on which one would
 *     take longer is lost
 * @param election how long an election takes
 */
public record EnsembleTimes(
    int tickMs, int syncLimit, long delay, long disk, long latePing, long election) {
  long tick() {
    return tickMs * 1_000_000L;
  }
}
