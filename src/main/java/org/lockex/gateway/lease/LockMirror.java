package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.zookeeper.OpResult.GetDataResult;
import org.apache.zookeeper.data.Stat;
import org.lockex.znode.ContenderData;
import org.lockex.znode.GrantSightings;
import org.lockex.znode.LockPaths;

/** Every lock below the root, as far as replies and events have told. */
final class LockMirror {
  /** A grant whose age was known before the mirror was cleared. */
  private record Remembered(long created, long began) {}

  private final String root;
  private final GrantSightings sightings;
  private final LongSupplier now;
  private final Map<String, MirroredLock> locks = new HashMap<>();
  private final Map<String, Remembered> remembered = new HashMap<>();

  /** The client of each grant that was given here and stands, by its path. */
  private final Map<String, String> given = new HashMap<>();

  private final Map<String, Integer> grants = new HashMap<>();

  /** Nothing is known; {@code root} is the parent of all locks, empty for ZooKeeper's own root. */
  LockMirror(String root, GrantSightings sightings, LongSupplier now) {
    this.root = root;
    this.sightings = sightings;
    this.now = now;
  }

  /** The path of the parent of all locks. */
  String rootPath() {
    return root.isEmpty() ? "/" : root;
  }

  String path(String id) {
    return root + "/" + id;
  }

  /** The lock with that name, known or not. */
  MirroredLock lock(String id) {
    return locks.computeIfAbsent(id, name -> new MirroredLock(name, path(name), this::ended));
  }

  Optional<MirroredLock> known(String id) {
    return Optional.ofNullable(locks.get(id));
  }

  void forget(String id) {
    locks.remove(id);
  }

  /**
   * Forgets all locks, because they will be read anew, but not how old grants are where that is
   * known. What is not known stays unknown, however often this happens.
   */
  void clear() {
    locks()
        .flatMap(MirroredLock::contenders)
        .forEach(node -> {
          node.disarm();
          if (node.isGrant() && node.created().isPresent() && node.began().isPresent()) {
            remembered.put(
                node.path(), new Remembered(node.created().getAsLong(), node.began().getAsLong()));
          }
        });
    locks.clear();
  }

  /** The mirror is complete again: what was remembered is told or gone. */
  void complete() {
    remembered.clear();
    for (String path : List.copyOf(given.keySet())) {
      if (node(path).isEmpty()) {
        ended(path);
      }
    }
  }

  /** A grant was given here to that client. */
  void given(MirroredNode node, String client) {
    if (given.putIfAbsent(node.path(), client) == null) {
      grants.merge(client, 1, Integer::sum);
    }
  }

  /** Whether it was given here, and its client was told its end by our clock. */
  boolean isGivenHere(MirroredNode node) {
    return given.containsKey(node.path());
  }

  private void ended(String path) {
    String client = given.remove(path);
    if (client != null) {
      grants.computeIfPresent(client, (who, count) -> count == 1 ? null : count - 1);
    }
  }

  /** How many grants that were given here to that client stand. */
  int grantsOf(String client) {
    return grants.getOrDefault(client, 0);
  }

  /** How many grants that were given here stand. */
  int given() {
    return given.size();
  }

  Stream<MirroredLock> locks() {
    return locks.values().stream();
  }

  int size() {
    return locks.size();
  }

  Optional<MirroredNode> node(String path) {
    return known(place(path).id()).flatMap(lock -> lock.byPath(path));
  }

  /** Whether {@code node} is still there. */
  boolean holds(MirroredNode node) {
    return node(node.path()).filter(there -> there == node).isPresent();
  }

  /** Takes over what has been read at a contender's node. */
  void describe(MirroredNode node, GetDataResult read) {
    byte[] bytes = read.getData() == null ? new byte[0] : read.getData();
    Stat stat = read.getStat();
    node.stands(ContenderData.read(bytes), stat);
    Duration seen = node.isGrant() ? sightings.age(bytes) : Duration.ZERO;
    if (seen.isPositive()) {
      node.beganBy(now.getAsLong() - seen.toNanos());
    }
    Remembered known = remembered.get(node.path());
    if (known != null && known.created() == stat.getCzxid() && node.isGrant()) {
      node.beganBy(known.began());
    }
  }

  LockPaths.Place place(String path) {
    return LockPaths.place(root, path);
  }
}
