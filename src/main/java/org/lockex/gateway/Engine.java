package org.lockex.gateway;

import java.util.HashMap;
import java.util.Map;

/** What the parts of the lease model share; used within a {@link Turn} only. */
final class Engine {
  private final Turn turn;
  private final Link link;
  private final Transactions transactions;
  private final LockTree tree;
  private final NoteReader notes;
  private final Timer timer;
  private final Statistics statistics;
  private final String version;
  private final Map<String, Ticket> tickets = new HashMap<>();
  private final Map<String, Integer> waiting = new HashMap<>();
  private boolean connected;

  Engine(Turn turn, Link link, LockTree tree, Statistics statistics, String version) {
    this.turn = turn;
    this.link = link;
    this.tree = tree;
    this.statistics = statistics;
    this.version = version;
    this.transactions = new Transactions(link, turn);
    this.notes = new NoteReader(link, turn);
    this.timer = new Timer(turn);
  }

  Turn turn() {
    return turn;
  }

  Link link() {
    return link;
  }

  Transactions transactions() {
    return transactions;
  }

  LockTree tree() {
    return tree;
  }

  NoteReader notes() {
    return notes;
  }

  Timer timer() {
    return timer;
  }

  Statistics statistics() {
    return statistics;
  }

  /** The version of lockex, for the notes. */
  String version() {
    return version;
  }

  /** Our own requests by uid, from their arrival to their grant or end. */
  Map<String, Ticket> tickets() {
    return tickets;
  }

  /** How many requests of that client are on their way. */
  int waitingOf(String client) {
    return waiting.getOrDefault(client, 0);
  }

  void put(Ticket ticket) {
    tickets.put(ticket.uid, ticket);
    waiting.merge(ticket.wanted.client(), 1, Integer::sum);
  }

  void remove(Ticket ticket) {
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
  boolean holds(QueueNode node) {
    return tree.node(node.path).filter(there -> there == node).isPresent();
  }
}
