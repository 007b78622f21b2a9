package org.lockex.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The network between hosts. Each direction between two hosts can be cut by itself; what is sent
 * over a connection meanwhile arrives when the cut is over, as TCP does it, unless the connection
 * has ended at its receiver before.
 */
final class Network {
  private final VirtualTime time;
  private final long seed;
  private final Map<String, Integer> connected = new HashMap<>();
  private final Set<String> cuts = new HashSet<>();
  private final Map<String, List<Runnable>> whenHealed = new HashMap<>();
  private final List<Connection> connections = new ArrayList<>();

  /** The most that a packet takes, but for one in a hundred. */
  private long slowness = VirtualTime.MILLI;

  Network(VirtualTime time, Random random) {
    this.time = time;
    this.seed = random.nextLong();
  }

  VirtualTime time() {
    return time;
  }

  /** From now on packets take up to {@code nanos}. */
  void slowness(long nanos) {
    slowness = nanos;
  }

  private static String way(Host from, Host to) {
    return from.name() + ">" + to.name();
  }

  /** Nothing gets from one host to the other any more. */
  void cut(Host from, Host to) {
    cuts.add(way(from, to));
  }

  void heal(Host from, Host to) {
    String way = way(from, to);
    if (cuts.remove(way)) {
      List<Runnable> waiting = whenHealed.remove(way);
      if (waiting != null) {
        waiting.forEach(Runnable::run);
      }
    }
  }

  void healAll() {
    for (String way : List.copyOf(cuts)) {
      cuts.remove(way);
      List<Runnable> waiting = whenHealed.remove(way);
      if (waiting != null) {
        waiting.forEach(Runnable::run);
      }
    }
  }

  boolean isCut(Host from, Host to) {
    return from != to && cuts.contains(way(from, to));
  }

  /** Whether packets get both ways. */
  boolean reach(Host one, Host other) {
    return !isCut(one, other) && !isCut(other, one);
  }

  void onHeal(Host from, Host to, Runnable then) {
    whenHealed.computeIfAbsent(way(from, to), way -> new ArrayList<>()).add(then);
  }

  /** How long the next packet takes, by the luck of its connection. */
  long delay(Host from, Host to, Random luck) {
    if (from == to) {
      return 20 * VirtualTime.MICRO;
    }
    long most = luck.nextInt(100) == 0 ? 20 * slowness : slowness;
    return 50 * VirtualTime.MICRO + (long) (luck.nextDouble() * most);
  }

  /** A connection from one process to another; whether anybody listens, packets will tell. */
  Connection connect(SimulatedProcess client, SimulatedProcess server) {
    String way = way(client.host(), server.host());
    int number = connected.merge(way, 1, Integer::sum);
    Random luck = new Random(seed + 31L * way.hashCode() + number);
    Connection connection = new Connection(this, luck, client, server);
    connections.removeIf(Connection::over);
    connections.add(connection);
    return connection;
  }

  /** Those that stand now. */
  List<Connection> connections() {
    connections.removeIf(Connection::over);
    return List.copyOf(connections);
  }
}
