package org.lockex.gateway.lease;

import java.util.HashMap;
import java.util.Map;

/** What the parts of the lease model share; used within a {@link SerialExecutor} only. */
final class LeaseContext {
  private final SerialExecutor turn;
  private final ZooKeeperClient link;
  private final TransactionQueue transactions;
  private final LockMirror tree;
  private final NodeReader notes;
  private final StepTimer timer;
  private final LeaseStatistics statistics;
  private final String version;
  private final Map<String, PendingLease> tickets = new HashMap<>();
  private final Map<String, Integer> waiting = new HashMap<>();
  private boolean connected;

  LeaseContext(
      SerialExecutor turn,
      ZooKeeperClient link,
      LockMirror tree,
      LeaseStatistics statistics,
      String version) {
    this.turn = turn;
    this.link = link;
    this.tree = tree;
    this.statistics = statistics;
    this.version = version;
    this.transactions = new TransactionQueue(link, turn);
    this.notes = new NodeReader(link, turn);
    this.timer = new StepTimer(turn);
  }

  SerialExecutor turn() {
    return turn;
  }

  ZooKeeperClient link() {
    return link;
  }

  TransactionQueue transactions() {
    return transactions;
  }

  LockMirror tree() {
    return tree;
  }

  NodeReader notes() {
    return notes;
  }

  StepTimer timer() {
    return timer;
  }

  LeaseStatistics statistics() {
    return statistics;
  }

  /** The version of lockex, for the notes. */
  String version() {
    return version;
  }

  /** Our own requests by uid, from their arrival to their grant or end. */
  Map<String, PendingLease> tickets() {
    return tickets;
  }

  /** How many requests of that client are on their way. */
  int waitingOf(String client) {
    return waiting.getOrDefault(client, 0);
  }

  void put(PendingLease ticket) {
    tickets.put(ticket.uid, ticket);
    waiting.merge(ticket.wanted.client(), 1, Integer::sum);
  }

  void remove(PendingLease ticket) {
    if (tickets.remove(ticket.uid, ticket)) {
      waiting.computeIfPresent(
          ticket.wanted.client(), (client, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Whether the tree is what is in ZooKeeper, and requests can be sent. */
  boolean connected() {
    return connected;
  }

  void connected(boolean now) {
    connected = now;
  }

  /** Whether {@code node} is still in the tree. */
  boolean holds(MirroredNode node) {
    return tree.node(node.path).filter(there -> there == node).isPresent();
  }
}
