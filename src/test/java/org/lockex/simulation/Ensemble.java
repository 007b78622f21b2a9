package org.lockex.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.zookeeper.Op;

/**
 * Some ZooKeeper servers: one that leads, the others follow. What they promise each other is Zab's:
 * a transaction is committed when more than half of them have it on disk, a new leader has all that
 * was committed, and what an old one proposed is committed before the new one serves, or never.
 */
final class Ensemble {
  private final Network network;
  private final Random random;
  private final List<Server> servers = new ArrayList<>();
  private final long tick;
  private final List<Consumer<Transaction>> observers = new ArrayList<>();
  private Transaction newest;
  private long sessions;
  private boolean electing;

  /**
   * So many servers, not started; each on a host of its own, whose clock is right.
   *
   * @param tick tickTime, in nanoseconds: a session lasts for 2 to 20 of them
   */
  Ensemble(Network network, Random random, int count, long tick) {
    this.network = network;
    this.random = random;
    this.tick = tick;
    for (int i = 0; i < count; i++) {
      servers.add(new Server(this, i, new Host(network.time(), "zk" + i, 1)));
    }
  }

  Network network() {
    return network;
  }

  VirtualTime time() {
    return network.time();
  }

  long tick() {
    return tick;
  }

  /** After so long without a word a server gives up its leader, and a leader its quorum. */
  long syncLimit() {
    return 5 * tick;
  }

  /** So long a new leader waits for its quorum. */
  long initLimit() {
    return 10 * tick;
  }

  List<Server> servers() {
    return servers;
  }

  int quorum() {
    return servers.size() / 2 + 1;
  }

  void start() {
    servers.forEach(Server::start);
  }

  /** Hears of each transaction when it is committed, in their order. */
  void observe(Consumer<Transaction> observer) {
    observers.add(observer);
  }

  /** A leader has committed it. */
  void committed(Transaction transaction) {
    if (newest == null || newest.zxid() < transaction.zxid()) {
      newest = transaction;
      observers.forEach(observer -> observer.accept(transaction));
    }
  }

  long nextSession() {
    return 0x1000 + sessions++;
  }

  Optional<Server> leader() {
    return servers.stream().filter(Server::leads).findFirst();
  }

  /** Somebody writes past every session, if there is a leader. */
  void write(List<Op> ops) {
    leader()
        .flatMap(Server::leading)
        .ifPresent(leading -> leading.write(leading, 0, ops, "a stranger"));
  }

  /** The leader removes containers that are empty, as it does once a minute. */
  void reap() {
    leader()
        .flatMap(Server::leading)
        .ifPresent(leading ->
            leading.prepared().emptyContainers().reversed().stream()
                .map(path -> Op.delete(path, -1))
                .forEach(delete -> leading.write(leading, 0, List.of(delete), "the leader")));
  }

  /** A server looks for a leader: soon all that look vote. */
  void looks() {
    if (!electing) {
      electing = true;
      network
          .time()
          .after(50 * VirtualTime.MILLI + random.nextInt(400) * VirtualTime.MILLI, this::elect);
    }
  }

  private void elect() {
    electing = false;
    List<Server> looking = servers.stream().filter(Server::votes).toList();
    for (Server leader : servers.stream().filter(Server::leads).toList()) {
      long epoch = leader.leading().orElseThrow().epoch();
      // Who has promised to follow a newer leader never follows an older one again.
      looking.stream()
          .filter(server -> server.looks() && reach(server, leader))
          .filter(server -> server.acceptedEpoch() <= epoch)
          .forEach(server -> {
            server.accept(epoch);
            server.follow(leader);
          });
    }
    looking.stream()
        .filter(Server::votes)
        .sorted(Comparator.comparing(Server::rank).reversed())
        .filter(candidate -> electorate(candidate).size() >= quorum())
        .findFirst()
        .ifPresent(this::lead);
    if (servers.stream().anyMatch(Server::looks)) {
      looks();
    }
  }

  private boolean reach(Server one, Server other) {
    return network.reach(one.host(), other.host());
  }

  private List<Server> electorate(Server candidate) {
    return servers.stream()
        .filter(Server::votes)
        .filter(voter -> reach(voter, candidate))
        .filter(voter -> voter.rank().compareTo(candidate.rank()) <= 0)
        .toList();
  }

  private void lead(Server elected) {
    List<Server> voters = electorate(elected);
    long epoch = 1 + voters.stream().mapToLong(Server::acceptedEpoch).max().orElse(0);
    voters.forEach(voter -> voter.accept(epoch));
    elected.lead(epoch);
    voters.stream().filter(voter -> voter != elected).forEach(voter -> voter.follow(elected));
  }
}
