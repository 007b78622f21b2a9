package org.lockex.gateway.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One lock as this lockexd knows it: its node's data and everybody who holds it or waits for it. In
 * the layout of Curator's recipes a mutex queues at the lock's own node; a semaphore queues at its
 * child {@code locks} and holds in {@code leases}.
 */
final class MirroredLock {
  static final String LOCKS = "locks";
  static final String LEASES = "leases";

  final String id;
  final String path;

  /** The node is there. */
  boolean exists;

  /** The children have been listed, so that what is missing here is missing there. */
  boolean loaded;

  /** {@link #shape} and {@link #version} are what is in ZooKeeper. */
  boolean shapeKnown;

  Optional<Shape> shape = Optional.empty();
  int version;

  /** The node's data is another program's; it stays. */
  boolean foreign;

  boolean hasLocks;
  boolean hasLeases;

  /** How many creates of this node by ourselves are on their way. */
  int creating;

  /** How many requests of our own are on their way into a queue here. */
  int joining;

  /** A barrier is on its way. */
  boolean barrier;

  /** What to do when the shape is known. */
  final List<Runnable> whenKnown = new ArrayList<>();

  final NavigableMap<String, MirroredNode> mutexQueue = new TreeMap<>();
  final NavigableMap<String, MirroredNode> semaphoreQueue = new TreeMap<>();
  final Map<String, MirroredNode> leases = new HashMap<>();

  MirroredLock(String id, String path) {
    this.id = id;
    this.path = path;
  }

  /**
   * Where a child's name sorts: by what follows {@code lock-}, or the whole name, as Curator's
   * LockInternals.standardFixForSorting does.
   */
  static String order(String name) {
    int at = name.lastIndexOf("lock-");
    return (at < 0 ? name : name.substring(at + "lock-".length())) + '\0' + name;
  }

  /** The queue whose first is next (semaphore) or holds (mutex). */
  NavigableMap<String, MirroredNode> queue(Shape wanted) {
    return wanted.mutex() ? mutexQueue : semaphoreQueue;
  }

  /** Everybody, holders before waiters, in order. */
  Stream<MirroredNode> contenders() {
    return Stream.of(leases.values(), mutexQueue.values(), semaphoreQueue.values())
        .flatMap(Collection::stream);
  }

  /** Whether nobody is before {@code node} in a mutex's queue. */
  boolean first(MirroredNode node) {
    return !mutexQueue.isEmpty() && mutexQueue.firstEntry().getValue() == node;
  }

  /** Whether {@code node} is a promise that counts. */
  boolean granted(MirroredNode node) {
    return node.grant() && (first(node) || leases.get(node.name) == node);
  }

  boolean busy() {
    return !mutexQueue.isEmpty() || !semaphoreQueue.isEmpty() || !leases.isEmpty();
  }

  /** Whether somebody holds it or waits for it in a way that excludes {@code wanted}. */
  boolean conflicts(Shape wanted) {
    boolean otherLayout =
        wanted.mutex() ? !semaphoreQueue.isEmpty() || !leases.isEmpty() : !mutexQueue.isEmpty();
    boolean otherSize = shape.isPresent() && !shape.get().equals(wanted);
    return otherLayout || (otherSize && busy());
  }

  void put(MirroredNode node) {
    String parent = node.path.substring(0, node.path.length() - node.name.length() - 1);
    if (parent.equals(path)) {
      mutexQueue.put(order(node.name), node);
    } else if (parent.endsWith("/" + LOCKS)) {
      semaphoreQueue.put(order(node.name), node);
    } else {
      leases.put(node.name, node);
    }
  }

  void remove(MirroredNode node) {
    String order = order(node.name);
    mutexQueue.remove(order, node);
    semaphoreQueue.remove(order, node);
    leases.remove(node.name, node);
    node.disarm();
  }

  Optional<MirroredNode> byUid(String uid) {
    return contenders().filter(node -> node.uid.equals(uid)).findFirst();
  }

  Optional<MirroredNode> byPath(String wanted) {
    String name = wanted.substring(wanted.lastIndexOf('/') + 1);
    String order = order(name);
    return Stream.of(mutexQueue, semaphoreQueue)
        .flatMap(queue -> Optional.ofNullable(queue.get(order)).stream())
        .filter(node -> node.path.equals(wanted))
        .findFirst()
        .or(() -> Optional.ofNullable(leases.get(name)).filter(node -> node.path.equals(wanted)));
  }
}
