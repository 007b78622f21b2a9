package org.lockex.simulation.zookeeper;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.proto.SyncRequest;
import org.apache.zookeeper.proto.SyncResponse;
import org.jspecify.annotations.Nullable;
import org.lockex.simulation.jvm.World;
import org.lockex.simulation.zookeeper.Preparation.Prepared;

/**
 * What a server does that leads: it orders all writes, and it alone ends sessions. Where ZooKeeper
 * has it: Leader, PrepRequestProcessor, SessionTrackerImpl.
 */
final class Leading {
  private static final long CONTAINER_CHECK = 5;

  private final Server self;
  private final Ensemble ensemble;
  private final World world;
  private final long begun;
  private long next;
  private Tree prepared;
  private boolean established;
  private boolean ended;
  private int halves;
  private final List<Peer> peers = new ArrayList<>();
  private final Map<Long, Set<Server>> acknowledged = new HashMap<>();
  private final Map<Long, List<Runnable>> whenCommitted = new HashMap<>();

  // The session tracker.
  private final Map<Long, Long> expiry = new TreeMap<>();
  private final Set<Long> closing = new HashSet<>();
  private final Map<Long, Object> owners = new HashMap<>();

  Leading(Server self, long epoch) {
    this.self = self;
    this.ensemble = self.ensemble();
    this.world = ensemble.world();
    this.begun = self.clock();
    this.next = epoch << 32;
    Tree tree = self.tree().copy();
    for (Transaction one : self.log().subList(self.applied(), self.log().size())) {
      one.changes().forEach(change -> tree.apply(change, one.zxid(), Tree.NOBODY));
    }
    prepared = tree;
  }

  void end() {
    ended = true;
    peers.forEach(Peer::end);
  }

  boolean has(Peer peer) {
    return !ended && peers.contains(peer);
  }

  boolean hasQuorum() {
    return established && !ended;
  }

  // Followers.

  void take(Peer peer) {
    peer.heard = self.clock();
    peers.removeIf(old -> {
      if (old.follower == peer.follower) {
        old.end();
      }
      return old.follower == peer.follower;
    });
    peers.add(peer);
    List<Transaction> history = List.copyOf(self.log());
    peer.toFollower(() -> {
      peer.follower.sync(history);
      world.after(
          world.between(0, ensemble.times().disk()),
          () -> peer.follower.whenAwake(() -> peer.toLeader(() -> synced(peer, history))));
    });
  }

  private void synced(Peer peer, List<Transaction> history) {
    peer.synced = true;
    if (!established
        && 1 + peers.stream().filter(one -> one.synced).count() >= ensemble.majority()) {
      establish();
    } else if (established) {
      upToDate(peer);
    }
    for (Transaction one : history) {
      if (one.zxid() > committed()) {
        acknowledge(one.zxid(), peer.follower);
      }
    }
  }

  private long committed() {
    return self.applied() == 0 ? 0 : self.log().get(self.applied() - 1).zxid();
  }

  private void establish() {
    established = true;
    self.commit(self.knows());
    prepared.sessions().forEach((id, timeout) -> expiry.put(id, bucket(timeout)));
    self.serve();
    for (Peer peer : peers) {
      if (peer.synced) {
        upToDate(peer);
      }
    }
  }

  private void upToDate(Peer peer) {
    long zxid = committed();
    peer.toFollower(() -> {
      peer.follower.commit(zxid);
      peer.follower.serve();
    });
  }

  /** Every half tick. */
  void beat() {
    halves++;
    for (Peer peer : peers) {
      peer.toFollower(() -> {
        Map<Long, Integer> touched = peer.follower.takeTouched();
        peer.toLeader(() -> touched.forEach(this::touch));
      });
    }
    long silence = ensemble.times().syncLimit() * ensemble.times().tick();
    if (halves % 2 == 0) {
      peers.removeIf(peer -> {
        boolean lost = self.clock() - peer.heard > silence;
        if (lost) {
          peer.end();
        }
        return lost;
      });
      boolean quorum = peers.size() + 1 >= ensemble.majority();
      if (!quorum || (!established && self.clock() - begun > 2 * silence)) {
        self.lookForLeader();
        return;
      }
      if (established) {
        expire();
        if (halves % (2 * CONTAINER_CHECK) == 0) {
          removeContainers();
        }
      }
    }
  }

  // Sessions.

  /** SessionTrackerImpl and ExpiryQueue: up to the next tick. */
  private long bucket(int timeoutMs) {
    long tick = ensemble.times().tick();
    return ((self.clock() + timeoutMs * 1_000_000L) / tick + 1) * tick;
  }

  boolean touch(long session, int timeoutMs) {
    if (!expiry.containsKey(session) || closing.contains(session)) {
      return false;
    }
    expiry.merge(session, bucket(timeoutMs), Math::max);
    return true;
  }

  boolean revalidate(long session, int timeoutMs, Object owner) {
    boolean valid = touch(session, timeoutMs);
    if (valid) {
      owners.put(session, owner);
    }
    return valid;
  }

  private void expire() {
    for (Map.Entry<Long, Long> one : new TreeMap<>(expiry).entrySet()) {
      if (one.getValue() <= self.clock() && closing.add(one.getKey())) {
        world.note(self.name() + " ends session 0x" + Long.toHexString(one.getKey()));
        close(one.getKey(), null);
      }
    }
  }

  private void close(long session, @Nullable PendingRequest origin) {
    closing.add(session);
    long zxid = ++next;
    Preparation preparation = preparation(zxid, session);
    Prepared done = preparation.close(session);
    expiry.remove(session);
    propose(new Transaction(zxid, done.changes(), 0, null, origin));
  }

  private void removeContainers() {
    for (String path : List.copyOf(prepared.nodes().keySet())) {
      Tree.Node node = prepared.get(path);
      if (node != null
          && node.owner == Tree.CONTAINER
          && node.creations > 0
          && node.children.isEmpty()) {
        long zxid = ++next;
        Preparation preparation = preparation(zxid, 0);
        preparation.apply(new Tree.Change.Delete(path));
        propose(new Transaction(zxid, List.of(new Tree.Change.Delete(path)), 0, null, null));
      }
    }
  }

  // Writes.

  private Preparation preparation(long zxid, long session) {
    return new Preparation(prepared, zxid, session, 1_790_000_000_000L + world.now() / 1_000_000);
  }

  /**
   * A write, a sync, or the creation of a session.
   *
   * @param owner the connection by which it came
   */
  void request(PendingRequest request, Object owner) {
    if (!established || ended) {
      return;
    }
    long session = request.link.session();
    if (request.type == OpCode.sync) {
      sync(request, owner);
    } else if (request.type == 0) {
      expiry.put(session, bucket(request.link.timeout()));
      owners.put(session, owner);
      long zxid = ++next;
      Tree.Change open = new Tree.Change.OpenSession(session, request.link.timeout());
      preparation(zxid, session).apply(open);
      propose(new Transaction(zxid, List.of(open), 0, null, request));
    } else if (!expiry.containsKey(session) || closing.contains(session)) {
      refuse(request, Code.SESSIONEXPIRED);
    } else if (!owners.computeIfAbsent(session, _ -> owner).equals(owner)) {
      refuse(request, Code.SESSIONMOVED);
    } else if (request.type == OpCode.closeSession) {
      close(session, request);
    } else {
      long zxid = ++next;
      Preparation preparation = preparation(zxid, session);
      Prepared done = preparation.prepare(request.type, request.request);
      prepared = preparation.tree();
      propose(new Transaction(zxid, done.changes(), done.error(), done.response(), request));
    }
  }

  private void refuse(PendingRequest request, Code code) {
    propose(new Transaction(++next, List.of(), code.intValue(), null, request));
  }

  /** Answered behind all that was proposed before; by the leader alone. */
  private void sync(PendingRequest request, Object owner) {
    Runnable answer =
        () -> {
          String path = ((SyncRequest) request.request).getPath();
          long zxid = committed();
          if (owner instanceof Peer peer) {
            peer.toFollower(() -> peer.follower.answered(request, zxid, 0, new SyncResponse(path)));
          } else {
            self.answered(request, zxid, 0, new SyncResponse(path));
          }
        };
    if (self.knows() > committed()) {
      whenCommitted.computeIfAbsent(self.knows(), _ -> new ArrayList<>()).add(answer);
    } else {
      answer.run();
    }
  }

  private void propose(Transaction transaction) {
    if (!self.write()) {
      return;
    }
    self.append(transaction);
    for (Peer peer : peers) {
      peer.toFollower(() -> {
        if (peer.follower.write()) {
          peer.follower.append(transaction);
          onDisk(
              peer.follower,
              () -> peer.toLeader(() -> acknowledge(transaction.zxid(), peer.follower)));
        }
      });
    }
    onDisk(self, () -> acknowledge(transaction.zxid(), self));
  }

  private void onDisk(Server server, Runnable then) {
    world.after(
        world.between(ensemble.times().disk() / 4, ensemble.times().disk()),
        () ->
            server.whenAwake(() -> {
              if (!server.isDown()) {
                then.run();
              }
            }));
  }

  private void acknowledge(long zxid, Server by) {
    if (ended || zxid <= committed()) {
      return;
    }
    acknowledged.computeIfAbsent(zxid, _ -> new HashSet<>()).add(by);
    while (self.applied() < self.log().size()) {
      long first = self.log().get(self.applied()).zxid();
      if (acknowledged.getOrDefault(first, Set.of()).size() < ensemble.majority()) {
        return;
      }
      acknowledged.remove(first);
      self.commit(first);
      for (Peer peer : peers) {
        peer.toFollower(() -> peer.follower.commit(first));
      }
      List<Runnable> waiting = whenCommitted.remove(first);
      if (waiting != null) {
        waiting.forEach(Runnable::run);
      }
    }
  }
}
