package org.lockex.simulation.zookeeper;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lockex.simulation.jvm.Link;
import org.lockex.simulation.jvm.SimulatedJvm;
import org.lockex.simulation.jvm.World;

/**
 * Some ZooKeeper servers, as their clients see them: what one server answers is what it knows, and
 * what a quorum has agreed on is never lost. Written from ZooKeeper's own, its server classes are
 * named where they matter.
 */
public final class Ensemble implements Link.Network {
  private static final long LOOK = 100_000_000;

  private final World world;
  private final EnsembleTimes times;
  private final Paths paths;
  private final List<Server> servers = new ArrayList<>();
  private Disturbance disturbance = (client, type) -> Disturbance.Effect.NONE;
  private long epoch;
  private long sessions = 0x100000000000000L;

  /**
   * Servers that are about to elect their first leader.
   *
   * @param count how many
   * @param drift by how much their clocks' rates differ from the world's, at most
   */
  public Ensemble(World world, int count, EnsembleTimes times, double drift) {
    this.world = world;
    this.times = times;
    this.paths = new Paths(world, times.delay());
    for (int i = 0; i < count; i++) {
      servers.add(new Server(this, i, world.rate(drift)));
    }
    world.connect(this);
    world.after(0, this::elect);
  }

  /** From now on this goes wrong. */
  public void disturb(Disturbance next) {
    disturbance = next;
  }

  Disturbance disturbance() {
    return disturbance;
  }

  World world() {
    return world;
  }

  EnsembleTimes times() {
    return times;
  }

  public Paths paths() {
    return paths;
  }

  public List<Server> servers() {
    return servers;
  }

  /** The addresses of all servers. */
  public String connectString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < servers.size(); i++) {
      text.append(i == 0 ? "" : ",").append("10.0.0.").append(i + 1).append(":2181");
    }
    return text.toString();
  }

  long nextSession() {
    return ++sessions;
  }

  @Override
  public Link open(SimulatedJvm from, InetSocketAddress to, Runnable wake) {
    byte[] address = to.getAddress().getAddress();
    ServerLink link = new ServerLink(world, paths, from, servers.get(address[3] - 1), to, wake);
    link.connect();
    return link;
  }

  /** A process is dead: its kernel closes its connections. */
  public void closeLinksOf(SimulatedJvm jvm) {
    for (Server server : servers) {
      for (ServerLink link : List.copyOf(server.links())) {
        if (link.isOf(jvm)) {
          link.close();
        }
      }
    }
  }

  /** The servers that a process is connected to, as they know. */
  public List<Server> serversOf(SimulatedJvm jvm) {
    List<Server> all = new ArrayList<>();
    for (Server server : servers) {
      if (server.links().stream().anyMatch(link -> link.isOf(jvm))) {
        all.add(server);
      }
    }
    return all;
  }

  int majority() {
    return servers.size() / 2 + 1;
  }

  /** The server that leads a quorum now, as one sees who sees all. */
  public @Nullable Server leader() {
    Server newest = null;
    for (Server server : servers) {
      if (server.leads() && (newest == null || server.epoch() > newest.epoch())) {
        newest = server;
      }
    }
    return newest;
  }

  /** Nothing is left of a lock that nobody uses, but for its node and folders. */
  public void requireEmpty(String lock) {
    Server one = leader();
    if (one == null) {
      throw new IllegalStateException("there is no leader");
    }
    for (Map.Entry<String, Tree.Node> node : one.tree().nodes().entrySet()) {
      if (node.getKey().startsWith(lock + "/") && node.getValue().owner > 0) {
        throw new IllegalStateException(node.getKey() + " is left behind");
      }
    }
  }

  private boolean reachEachOther(Server one, Server other) {
    return !paths.isCut(one.name(), other.name()) && !paths.isCut(other.name(), one.name());
  }

  private void elect() {
    world.after(LOOK, this::elect);
    List<Server> looking = new ArrayList<>();
    for (Server server : servers) {
      if (server.isLooking()) {
        looking.add(server);
      }
    }
    for (Server candidate : List.copyOf(looking)) {
      for (Server leading : servers) {
        // Whoever has followed a newer one goes back to none.
        if (leading.hasQuorum()
            && leading.epoch() >= candidate.epoch()
            && reachEachOther(candidate, leading)) {
          leading.take(candidate);
          looking.remove(candidate);
          break;
        }
      }
    }
    // Who is ahead of all leads; those who are behind it follow.
    looking.sort((one, other) -> one.isAheadOf(other) ? -1 : other.isAheadOf(one) ? 1 : 0);
    for (Server best : looking) {
      List<Server> voters = new ArrayList<>();
      for (Server other : looking) {
        if (other != best && reachEachOther(best, other) && !other.isAheadOf(best)) {
          voters.add(other);
        }
      }
      if (voters.size() + 1 >= majority()) {
        best.lead(++epoch);
        for (Server voter : voters) {
          best.take(voter);
        }
        return;
      }
    }
  }
}
