package org.lockex.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.lockex.simulation.Transaction.Kind;

/** A server as leader: it orders the writes, and knows which sessions live. */
final class Leading {
  /** A follower's end of the link. */
  static final class Peer {
    private final Following follower;
    private final Channel toFollower;
    private int acked = -1;
    private boolean told;
    private long heardAt;

    Peer(Following follower, Channel toFollower, long now) {
      this.follower = follower;
      this.toFollower = toFollower;
      this.heardAt = now;
    }
  }

  /** A session as the leader tracks it. */
  private static final class Tracked {
    private final long timeout;
    private Object owner;
    private long expires;

    Tracked(long timeout, Object owner) {
      this.timeout = timeout;
      this.owner = owner;
    }
  }

  private final Server server;
  private final Ensemble ensemble;
  private final long epoch;
  private final Tree prepared;
  private final Map<Following, Peer> peers = new LinkedHashMap<>();
  private final Map<Long, Tracked> sessions = new HashMap<>();
  private final TreeMap<Integer, List<Runnable>> afterCommit = new TreeMap<>();
  private final long began;
  private final int first;
  private int ackedHere = -1;
  private boolean active;
  private boolean over;
  private long counter;

  Leading(Server server, long epoch) {
    this.server = server;
    this.ensemble = server.ensemble();
    this.epoch = epoch;
    this.first = server.log().size();
    this.began = ensemble.time().now();
    this.prepared = server.tree().copy();
    server.log().subList(server.applied(), first).forEach(t -> prepared.apply(t.changes()));
  }

  void begin() {
    server.currentEpoch(epoch);
    server.sync(this::newEpochIsOnDisk);
    beat();
  }

  private void newEpochIsOnDisk() {
    if (!over) {
      ackedHere = Math.max(ackedHere, first);
      advance();
    }
  }

  void end() {
    over = true;
    peers.values().forEach(peer -> peer.toFollower.finish());
  }

  long epoch() {
    return epoch;
  }

  boolean over() {
    return over;
  }

  Server server() {
    return server;
  }

  /** Whether its quorum has taken over its log. */
  boolean active() {
    return active;
  }

  /** The tree with all that is proposed. */
  Tree prepared() {
    return prepared;
  }

  private long now() {
    return ensemble.time().now();
  }

  /** Twice in a tick: who is there, and whose session is over. */
  private void beat() {
    if (over || !server.process().alive()) {
      return;
    }
    long heard =
        1 + peers.values().stream().filter(p -> now() - p.heardAt <= ensemble.syncLimit()).count();
    if (active ? heard < ensemble.quorum() : now() - began > ensemble.initLimit()) {
      server.look();
      return;
    }
    peers.values().forEach(peer -> peer.toFollower.send(peer.follower::pinged));
    if (active) {
      expireSessions();
    }
    server.process().after(ensemble.tick() / 2, this::beat);
  }

  private void expireSessions() {
    sessions.entrySet().stream()
        .filter(entry -> entry.getValue().expires <= now())
        .map(Map.Entry::getKey)
        .sorted()
        .toList()
        .forEach(session -> endSession(session, "expiry"));
  }

  /** A follower wants to follow, over that link. */
  void join(Following follower, Connection link) {
    Peer peer = new Peer(follower, link.toClient(), now());
    peers.put(follower, peer);
    List<Transaction> log = List.copyOf(server.log());
    int committed = server.applied();
    peer.toFollower.send(() -> follower.take(log, committed, epoch));
  }

  void leaves(Following follower) {
    peers.remove(follower);
  }

  /** A follower has so many entries on disk. */
  void acked(Following follower, int count) {
    Peer peer = peers.get(follower);
    if (peer != null && !over) {
      peer.acked = Math.max(peer.acked, count);
      peer.heardAt = now();
      advance();
    }
  }

  /** A follower answers, and tells whose clients it has heard. */
  void heard(Following follower, List<Long> touched) {
    Peer peer = peers.get(follower);
    if (peer != null && !over) {
      peer.heardAt = now();
      touched.forEach(this::touch);
    }
  }

  private void advance() {
    List<Integer> acks = new ArrayList<>(peers.values().stream().map(peer -> peer.acked).toList());
    acks.add(ackedHere);
    acks.sort(Comparator.reverseOrder());
    int safe = acks.size() < ensemble.quorum() ? -1 : acks.get(ensemble.quorum() - 1);
    if (!active && safe >= first) {
      activate();
    }
    if (active) {
      commit(Math.max(safe, first));
      for (Peer peer : peers.values()) {
        if (!peer.told && peer.acked >= 0) {
          peer.told = true;
          peer.toFollower.send(peer.follower::serve);
        }
      }
    }
  }

  private void activate() {
    active = true;
    commit(first);
    server
        .sessions()
        .forEach((id, timeout) -> {
          sessions.put(id, new Tracked(timeout, ""));
          touch(id);
        });
  }

  private void commit(int until) {
    while (server.applied() < until) {
      int next = server.applied() + 1;
      ensemble.committed(server.log().get(next - 1));
      server.applyUntil(next);
      peers.values().forEach(peer -> peer.toFollower.send(() -> peer.follower.commit(next)));
      List<Runnable> then = afterCommit.remove(next);
      if (then != null) {
        then.forEach(Runnable::run);
      }
      if (over) {
        return;
      }
    }
  }

  private void propose(Transaction transaction) {
    server.append(transaction);
    int count = server.log().size();
    peers
        .values()
        .forEach(peer -> peer.toFollower.send(() -> peer.follower.proposed(transaction, count)));
    server.sync(() -> {
      if (!over) {
        ackedHere = Math.max(ackedHere, count);
        advance();
      }
    });
  }

  private long zxid() {
    return (epoch << 32) | ++counter;
  }

  private void touch(long session) {
    Tracked tracked = sessions.get(session);
    if (tracked != null) {
      long tick = ensemble.tick();
      tracked.expires = Math.max(tracked.expires, ((now() + tracked.timeout) / tick + 1) * tick);
    }
  }

  /** A client of this server was heard. */
  void touchHere(long session) {
    touch(session);
  }

  /** A session begins at {@code owner}: a follower's link, or this. */
  void beginSession(Object owner, long session, long timeout, Object origin) {
    if (over || !active) {
      return;
    }
    sessions.put(session, new Tracked(timeout, owner));
    touch(session);
    propose(
        new Transaction(
            zxid(), Kind.SESSION_BEGINS, session, timeout, List.of(), Code.OK, List.of(), origin));
  }

  /** Whether it lives; then it belongs to {@code owner} from now on. */
  boolean revalidate(Object owner, long session) {
    Tracked tracked = sessions.get(session);
    if (tracked != null) {
      touch(session);
      tracked.owner = owner;
    }
    return tracked != null;
  }

  void endSession(long session, Object origin) {
    if (!over && active && sessions.remove(session) != null) {
      long zxid = zxid();
      Tree.Prepared ended = prepared.prepare(prepared.deletesOf(session), 0, zxid, wallMillis());
      propose(
          new Transaction(
              zxid, Kind.SESSION_ENDS, session, 0, ended.changes(), Code.OK, List.of(), origin));
    }
  }

  private long wallMillis() {
    return server.host().wallMillis();
  }

  /** A write of a client of {@code owner}; session 0 is nobody's. */
  void write(Object owner, long session, List<Op> ops, Object origin) {
    if (over || !active) {
      return;
    }
    Code refused = session == 0 ? Code.OK : refusal(owner, session);
    long zxid = zxid();
    Tree.Prepared done =
        refused == Code.OK
            ? prepared.prepare(ops, session, zxid, wallMillis())
            : new Tree.Prepared(refused, List.<OpResult>of(), List.of());
    propose(
        new Transaction(
            zxid, Kind.WRITE, session, 0, done.changes(), done.code(), done.results(), origin));
  }

  private Code refusal(Object owner, long session) {
    Tracked tracked = sessions.get(session);
    if (tracked == null) {
      return Code.SESSIONEXPIRED;
    }
    if (tracked.owner.equals("")) {
      tracked.owner = owner;
    }
    return tracked.owner.equals(owner) ? Code.OK : Code.SESSIONMOVED;
  }

  /** Does {@code then} when all that is proposed now is committed. */
  void whenCommitted(Runnable then) {
    int count = server.log().size();
    if (server.applied() >= count) {
      then.run();
    } else {
      afterCommit.computeIfAbsent(count, any -> new ArrayList<>()).add(then);
    }
  }

  /** Sends something to a follower, behind all that was sent before. */
  void tell(Following follower, Runnable what) {
    Peer peer = peers.get(follower);
    if (peer != null) {
      peer.toFollower.send(what);
    }
  }
}
