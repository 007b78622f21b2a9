package org.lockex.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One ZooKeeper server: its log, which lasts, the tree that the committed part of it makes, and the
 * clients that are connected to it.
 */
final class Server {
  /**
   * Who wins an election.
   *
   * @param epoch of the last leader whose log it took over
   * @param zxid the last in its log
   */
  record Rank(long epoch, long zxid, int number) implements Comparable<Rank> {
    @Override
    public int compareTo(Rank other) {
      int order = Long.compare(epoch, other.epoch);
      order = order == 0 ? Long.compare(zxid, other.zxid) : order;
      return order == 0 ? Integer.compare(number, other.number) : order;
    }
  }

  private final Ensemble ensemble;
  private final int number;
  private final Host host;
  private final Map<Long, Long> sessions = new HashMap<>();
  private final Set<ServerConnection> connections = new LinkedHashSet<>();
  private List<Transaction> log = new ArrayList<>();
  private Tree tree = new Tree();
  private int applied;
  private long acceptedEpoch;
  private long currentEpoch;

  private SimulatedProcess process;
  private @Nullable Leading leading;
  private @Nullable Following following;
  private long diskDelay = 200 * VirtualTime.MICRO;
  private long diskFreeAt;
  private boolean diskFull;

  Server(Ensemble ensemble, int number, Host host) {
    this.ensemble = ensemble;
    this.number = number;
    this.host = host;
    this.process = new SimulatedProcess(ensemble.time(), host, host.name());
    this.process.kill();
  }

  Ensemble ensemble() {
    return ensemble;
  }

  Host host() {
    return host;
  }

  SimulatedProcess process() {
    return process;
  }

  /** Its process begins, with what is on its disk. */
  void start() {
    if (!process.alive()) {
      process = new SimulatedProcess(ensemble.time(), host, host.name());
      leading = null;
      following = null;
      connections.clear();
      look();
    }
  }

  void kill() {
    process.kill();
    leading = null;
    following = null;
    connections.clear();
  }

  /** What it writes is on disk so much later. */
  void diskDelay(long nanos) {
    diskDelay = nanos;
  }

  /** How long its disk has to do yet. */
  long backlog() {
    return Math.max(0, diskFreeAt - ensemble.time().now());
  }

  /** Whether its next write ends it, and it cannot start again. */
  void diskFull(boolean full) {
    diskFull = full;
  }

  boolean leads() {
    return process.running() && leading != null;
  }

  /** Whether it has no leader. */
  boolean looks() {
    return process.alive() && leading == null && following == null;
  }

  /** Whether it takes part in an election now. */
  boolean votes() {
    return looks() && process.running() && !diskFull;
  }

  Rank rank() {
    return new Rank(currentEpoch, log.isEmpty() ? 0 : log.getLast().zxid(), number);
  }

  long acceptedEpoch() {
    return acceptedEpoch;
  }

  void accept(long epoch) {
    acceptedEpoch = epoch;
  }

  Optional<Leading> leading() {
    return Optional.ofNullable(leading);
  }

  Optional<Following> following() {
    return Optional.ofNullable(following);
  }

  void lead(long epoch) {
    leading = new Leading(this, epoch);
    leading.begin();
  }

  void follow(Server leader) {
    following = new Following(this, leader.leading().orElseThrow());
    following.begin();
  }

  /** It has lost its leader, or its quorum: clients are sent away until there is one. */
  void look() {
    leading().ifPresent(Leading::end);
    following().ifPresent(Following::end);
    leading = null;
    following = null;
    List.copyOf(connections).forEach(ServerConnection::close);
    connections.clear();
    ensemble.looks();
  }

  /** The log of its leader becomes its own. */
  void adopt(List<Transaction> theirs, long epoch) {
    if (theirs.size() < applied || (applied > 0 && theirs.get(applied - 1).zxid() != lastZxid())) {
      throw new IllegalStateException("the model of the servers is wrong: a commit was lost");
    }
    log = new ArrayList<>(theirs);
    currentEpoch = epoch;
  }

  List<Transaction> log() {
    return log;
  }

  void append(Transaction transaction) {
    log.add(transaction);
  }

  void currentEpoch(long epoch) {
    currentEpoch = epoch;
  }

  /** Does {@code then} when all that was appended until now is on disk. */
  void sync(Runnable then) {
    if (diskFull) {
      kill();
      return;
    }
    long now = ensemble.time().now();
    diskFreeAt = Math.max(now, diskFreeAt) + diskDelay;
    SimulatedProcess mine = process;
    ensemble.time().at(diskFreeAt, () -> mine.run(then));
  }

  Tree tree() {
    return tree;
  }

  int applied() {
    return applied;
  }

  long lastZxid() {
    return applied == 0 ? 0 : log.get(applied - 1).zxid();
  }

  /** Sessions that it knows of, with their timeouts. */
  Map<Long, Long> sessions() {
    return sessions;
  }

  /** The next of its log are committed; clients hear of changes before they hear answers. */
  void applyUntil(int count) {
    while (applied < count) {
      Transaction transaction = log.get(applied++);
      tree.apply(transaction.changes());
      switch (transaction.kind()) {
        case SESSION_BEGINS -> sessions.put(transaction.session(), transaction.timeout());
        case SESSION_ENDS -> sessions.remove(transaction.session());
        default -> {}
      }
      for (ServerConnection connection : List.copyOf(connections)) {
        connection.applied(transaction);
      }
    }
  }

  /** Whether clients are taken now. */
  boolean serves() {
    return leading().filter(Leading::active).isPresent()
        || following().filter(Following::serves).isPresent();
  }

  /** A client has connected. */
  void accept(Connection link, Client client, ConnectRequest asked) {
    if (!serves() || asked.zxid() > lastZxid()) {
      link.closeByServer();
      return;
    }
    ServerConnection connection = new ServerConnection(this, link, client);
    if (asked.session() != 0) {
      List.copyOf(connections).stream()
          .filter(old -> old.session() == asked.session())
          .forEach(ServerConnection::close);
    }
    connections.add(connection);
    connection.begin(asked);
  }

  /** What a client says first; session 0 for a new one, and the last zxid it has seen. */
  record ConnectRequest(long session, long zxid, long timeout) {}

  void forget(ServerConnection connection) {
    connections.remove(connection);
  }

  @Override
  public String toString() {
    return host.name();
  }
}
