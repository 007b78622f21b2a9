package org.lockex.simulation.lockex;

import java.util.List;
import org.lockex.simulation.jvm.World;
import org.lockex.simulation.zookeeper.Ensemble;
import org.lockex.simulation.zookeeper.Server;

/** What goes wrong, one thing after the other and at once, until it is enough. */
final class LockexFaults {
  private final World world;
  private final Ensemble ensemble;
  private final List<SimulatedLockex> all;
  private final long timeout;
  private final long end;
  private final double often;
  private int count;

  /**
   * None yet.
   *
   * @param all that were ever started; more come
   * @param timeout of their sessions
   * @param end when there are no more
   */
  LockexFaults(World world, Ensemble ensemble, List<SimulatedLockex> all, long timeout, long end) {
    this.world = world;
    this.ensemble = ensemble;
    this.all = all;
    this.timeout = timeout;
    this.end = end;
    // Some runs have much trouble, some next to none.
    this.often = 0.1 + 2 * world.random().nextDouble();
  }

  int count() {
    return count;
  }

  void begin() {
    long next = (long) (-Math.log(1 - world.random().nextDouble()) * timeout / often);
    world.after(
        next,
        () -> {
          if (world.now() < end) {
            one();
            count++;
            begin();
          }
        });
  }

  private long aWhile() {
    // Mostly about as long as what lockex reckons with.
    return Math.min(
        end - world.now(), world.between(timeout / 50, world.chance(0.3) ? 2 * timeout : timeout));
  }

  private Server anyServer() {
    return ensemble.servers().get(world.random().nextInt(ensemble.servers().size()));
  }

  private Server leaderOrAny() {
    Server leader = ensemble.leader();
    return leader == null || world.chance(0.3) ? anyServer() : leader;
  }

  /** Those who hold the lock are the ones to hit, mostly. */
  private SimulatedLockex anyLockex() {
    List<SimulatedLockex> alive = all.stream().filter(one -> !one.isGone()).toList();
    List<SimulatedLockex> holders = alive.stream().filter(SimulatedLockex::holds).toList();
    List<SimulatedLockex> some = holders.isEmpty() || world.chance(0.4) ? alive : holders;
    return some.isEmpty() ? all.getLast() : some.get(world.random().nextInt(some.size()));
  }

  private void cut(String from, String to, long nanos) {
    world.note("nothing gets from " + from + " to " + to + " for " + nanos / 1_000_000 + " ms");
    ensemble.paths().cut(from, to, world.now() + nanos);
  }

  private void one() {
    if (world.chance(0.35)) {
      tryToKeepItRunning(anyLockex());
      return;
    }
    switch (world.random().nextInt(15)) {
      case 0, 1 -> cutClient(anyLockex(), aWhile());
      case 2 -> loseAnswers(anyLockex());
      case 3 -> cutServers(aWhile());
      case 4 -> isolate(leaderOrAny(), aWhile());
      case 5 -> leaderOrAny().crash(aWhile());
      case 6 -> leaderOrAny().pause(aWhile());
      case 7 -> anyServer().fillDisk(aWhile());
      case 8, 9 -> stop(anyLockex(), aWhile());
      case 10 -> kill(anyLockex());
      case 11 -> anyLockex().jvm().stepWallClock(world.between(-10_000_000, 10_000_000));
      case 12 -> deposeQuietly();
      case 13 -> ensemble.closeLinksOf(anyLockex().jvm());
      default -> moveAndCut(anyLockex());
    }
  }

  /**
   * All that may let a command run on while the session ends: answers that come late, a server that
   * dies with what it has heard, silence, and a lockex that is stopped.
   */
  private void tryToKeepItRunning(SimulatedLockex lockex) {
    String name = lockex.jvm().name();
    if (world.chance(0.5)) {
      long by = world.between(0, world.chance(0.5) ? timeout / 5 : timeout / 2);
      world.note("answers to " + name + " take " + by / 1_000_000 + " ms");
      for (Server server : ensemble.servers()) {
        ensemble.paths().slow(server.name(), name, world.now() + timeout, by);
      }
    }
    world.after(
        world.between(0, timeout),
        () -> {
          long nanos = Math.min(end - world.now(), 2 * timeout);
          if (nanos < 0 || lockex.isGone()) {
            return;
          }
          if (world.chance(0.4)) {
            ensemble.serversOf(lockex.jvm()).forEach(server -> server.crash(timeout / 2));
          }
          boolean backToo = world.chance(0.7);
          for (Server server : ensemble.servers()) {
            cut(name, server.name(), nanos);
            if (backToo) {
              cut(server.name(), name, nanos);
            }
          }
          if (world.chance(0.4)) {
            stop(lockex, nanos);
          }
        });
  }

  /** A leader is cut off, and its followers know it long before it does. */
  private void deposeQuietly() {
    Server leader = ensemble.leader();
    if (leader != null) {
      isolate(leader, Math.min(end - world.now(), 3 * timeout));
      ensemble.servers().forEach(Server::loseLeader);
    }
  }

  /** One way or both, to one server or to all. */
  private void cutClient(SimulatedLockex lockex, long nanos) {
    boolean there = world.chance(0.6);
    boolean back = !there || world.chance(0.6);
    boolean everywhere = world.chance(0.6);
    for (Server server : everywhere ? ensemble.servers() : List.of(anyServer())) {
      if (there) {
        cut(lockex.jvm().name(), server.name(), nanos);
      }
      if (back) {
        cut(server.name(), lockex.jvm().name(), nanos);
      }
    }
  }

  /** The requests get there, their answers do not; then the connection breaks. */
  private void loseAnswers(SimulatedLockex lockex) {
    long nanos = world.between(10_000_000, timeout / 5);
    for (Server server : ensemble.servers()) {
      cut(server.name(), lockex.jvm().name(), nanos);
    }
    world.after(nanos / 2, () -> ensemble.closeLinksOf(lockex.jvm()));
  }

  private void cutServers(long nanos) {
    Server one = anyServer();
    Server other = leaderOrAny();
    if (one != other) {
      boolean there = world.chance(0.7);
      if (there) {
        cut(one.name(), other.name(), nanos);
      }
      if (!there || world.chance(0.5)) {
        cut(other.name(), one.name(), nanos);
      }
    }
  }

  /** A leader without its followers, or a follower without all others; clients get through. */
  private void isolate(Server server, long nanos) {
    for (Server other : ensemble.servers()) {
      if (other != server) {
        cut(server.name(), other.name(), nanos);
        cut(other.name(), server.name(), nanos);
      }
    }
  }

  private void stop(SimulatedLockex lockex, long nanos) {
    if (lockex.isGone()) {
      return;
    }
    world.note(lockex.jvm().name() + " is stopped for " + nanos / 1_000_000 + " ms");
    lockex.disturb();
    lockex.jvm().stop();
    world.after(nanos, () -> lockex.jvm().cont());
  }

  private void kill(SimulatedLockex lockex) {
    if (!lockex.isGone()) {
      world.note(lockex.jvm().name() + " is killed");
      lockex.disturb();
      lockex.die();
    }
  }

  /** The connection breaks, and the servers that are left cannot agree. */
  private void moveAndCut(SimulatedLockex lockex) {
    ensemble.closeLinksOf(lockex.jvm());
    world.after(world.between(0, timeout / 10), () -> isolate(leaderOrAny(), aWhile()));
  }
}
