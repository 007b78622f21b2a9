package org.lockex.gateway.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.lockex.znode.LockData;
import org.lockex.znode.LockPaths;
import org.lockex.znode.QueueNames;
import org.lockex.znode.SequenceNumbers;

/**
 * One lock as this lockexd knows it: its node's data and everybody who holds it or waits for it. In
 * the layout of Curator's recipes a mutex queues at the lock's own node; a semaphore queues at its
 * child {@code locks} and holds in {@code leases}. Other children of the lock's node are strangers:
 * each may hold it.
 */
final class MirroredLock {
  private final String id;
  private final LockPaths paths;
  private LockKnowledge knowledge = new LockKnowledge.Absent();
  private boolean hasLocks;
  private boolean hasLeases;
  private final InFlight inFlight = new InFlight();
  private long latestNumber;
  private final ToldNumbers queueTold = new ToldNumbers();
  private final ToldNumbers leasesTold = new ToldNumbers();
  private final List<Runnable> whenRead = new ArrayList<>();
  private final NavigableMap<String, MirroredNode> mutexQueue = queue();
  private final NavigableMap<String, MirroredNode> semaphoreQueue = queue();
  private final Map<String, MirroredNode> leases = new HashMap<>();
  private final Map<String, MirroredNode> strangers = new TreeMap<>();
  private final Consumer<String> removed;

  /** Nobody is there yet; {@code removed} hears of the path of each that goes. */
  MirroredLock(String id, String path, Consumer<String> removed) {
    this.id = id;
    this.paths = new LockPaths(path);
    this.removed = removed;
  }

  private static NavigableMap<String, MirroredNode> queue() {
    return new TreeMap<>((one, other) -> QueueNames.compare(one, other, QueueNames.LOCK));
  }

  /** The lock's name. */
  String id() {
    return id;
  }

  LockPaths paths() {
    return paths;
  }

  /** The path of the lock's own node. */
  String path() {
    return paths.lock();
  }

  /** What is known of the lock's own node. */
  LockKnowledge knowledge() {
    return knowledge;
  }

  /** Whether it is there and nobody knows yet what it says. */
  boolean isUnread() {
    return knowledge instanceof LockKnowledge.Unread;
  }

  /** What our programs have written into it; empty where nothing is known or another wrote it. */
  Optional<LockData> data() {
    return knowledge.data();
  }

  /** It is there, and its data will be read. */
  void appeared() {
    knowledge = new LockKnowledge.Unread();
  }

  /** That is what stands in it. */
  void says(LockData.Reading data, int version) {
    knowledge = new LockKnowledge.Found(data, version);
  }

  /** It is gone, and the numbers of its queue with it. */
  void vanished() {
    knowledge = new LockKnowledge.Absent();
    latestNumber = 0;
    queueTold.vanished();
    leasesTold.vanished();
  }

  /** Who was made in a mutex's queue, or as lease of a semaphore, as far as we are told. */
  ToldNumbers told(LockData wanted) {
    return wanted.isMutex() ? queueTold : leasesTold;
  }

  /** The greatest number that was seen in a name here since its node was made. */
  long latestNumber() {
    return latestNumber;
  }

  boolean nearTheEnd() {
    return latestNumber >= SequenceNumbers.NEAR_END;
  }

  /** The folders below it that are there. */
  void folders(boolean locks, boolean inLeases) {
    hasLocks = locks;
    hasLeases = inLeases;
  }

  boolean hasLocks() {
    return hasLocks;
  }

  void hasLocks(boolean now) {
    hasLocks = now;
  }

  boolean hasLeases() {
    return hasLeases;
  }

  void hasLeases(boolean now) {
    hasLeases = now;
    if (!now) {
      leasesTold.vanished();
    }
  }

  /** What of ours is on its way here. */
  InFlight inFlight() {
    return inFlight;
  }

  /** To be done when its data has been read. */
  void whenRead(Runnable then) {
    whenRead.add(then);
  }

  /** What was to be done when its data is read; nothing is left of it. */
  List<Runnable> takeWhenRead() {
    List<Runnable> ready = List.copyOf(whenRead);
    whenRead.clear();
    return ready;
  }

  /** Whether it may be forgotten once its node is gone. */
  boolean isForgettable() {
    return !busy() && whenRead.isEmpty();
  }

  /** The queue whose first is next (semaphore) or holds (mutex). */
  NavigableMap<String, MirroredNode> queue(LockData wanted) {
    return wanted.isMutex() ? mutexQueue : semaphoreQueue;
  }

  /** The first in each queue. */
  Stream<MirroredNode> firsts() {
    return Stream.of(mutexQueue, semaphoreQueue)
        .filter(queue -> !queue.isEmpty())
        .map(queue -> queue.firstEntry().getValue());
  }

  /** Who stands in a mutex's queue, in its order. */
  Collection<MirroredNode> mutexQueue() {
    return mutexQueue.values();
  }

  /** Who waits for a semaphore, in order. */
  Collection<MirroredNode> semaphoreQueue() {
    return semaphoreQueue.values();
  }

  /** Who holds the semaphore. */
  Collection<MirroredNode> leases() {
    return leases.values();
  }

  /** Of whom nobody knows what they stand for. */
  Collection<MirroredNode> strangers() {
    return strangers.values();
  }

  /** Everybody, holders before waiters, in order. */
  Stream<MirroredNode> contenders() {
    return Stream.of(
            strangers.values(), leases.values(), mutexQueue.values(), semaphoreQueue.values())
        .flatMap(Collection::stream);
  }

  /** Whether nobody is before {@code node} in a mutex's queue. */
  boolean first(MirroredNode node) {
    return !mutexQueue.isEmpty() && mutexQueue.firstEntry().getValue() == node;
  }

  /** Whether the first in the queue may hold the lock now. */
  boolean isFree(LockData wanted) {
    return strangers.isEmpty() && (wanted.isMutex() || leases.size() < wanted.concurrency());
  }

  /**
   * Whether {@code node} is a promise that counts: in a mutex's queue, one that was first when it
   * was given, by a number of its own. A stranger that came later does not take it away.
   */
  boolean promised(MirroredNode node) {
    return node.isGrant()
        && (leases.get(node.name()) == node
            || (first(node)
                && node.hasItsOwnNumber()
                && strangers.values().stream()
                    .allMatch(stranger ->
                        stranger.created().isPresent()
                            && stranger.created().getAsLong() > node.token())));
  }

  /**
   * Whether the request that made {@code node}, and was told nothing yet, has the lock by it. A
   * lease was made after a look at all that is here; a node in a mutex's queue may have been made
   * without one, while somebody made the lock another kind of lock.
   */
  boolean gives(LockData wanted, MirroredNode node) {
    return promised(node)
        && (leases.get(node.name()) == node || (!isUnread() && !conflicts(wanted)));
  }

  boolean busy() {
    return !mutexQueue.isEmpty()
        || !semaphoreQueue.isEmpty()
        || !leases.isEmpty()
        || !strangers.isEmpty();
  }

  /** Whether somebody holds it or waits for it in a way that excludes {@code wanted}. */
  boolean conflicts(LockData wanted) {
    boolean otherLayout =
        wanted.isMutex() ? !semaphoreQueue.isEmpty() || !leases.isEmpty() : !mutexQueue.isEmpty();
    boolean otherSize = data().isPresent() && !data().get().equals(wanted);
    return otherLayout || (otherSize && busy());
  }

  /** Whether somebody who stands for the requester of {@code pending} is here already. */
  boolean knows(PendingLease pending) {
    return Stream.concat(queue(pending.shape()).values().stream(), leases.values().stream())
        .anyMatch(node -> !node.isLeaving() && pending.isOf(node));
  }

  /** Whether somebody who stands for the requester of {@code pending} is before {@code node}. */
  boolean knowsBefore(PendingLease pending, MirroredNode node) {
    return queue(pending.shape()).headMap(node.name()).values().stream()
        .anyMatch(other -> !other.isLeaving() && pending.isOf(other));
  }

  void put(MirroredNode node) {
    long number = SequenceNumbers.of(node.name());
    latestNumber = Math.max(latestNumber, number);
    String parent = node.path().substring(0, node.path().length() - node.name().length() - 1);
    if (parent.equals(paths.locks())) {
      semaphoreQueue.put(node.name(), node);
    } else if (parent.equals(paths.leases())) {
      leases.put(node.name(), node);
      leasesTold.told(number);
    } else if (node.name().contains(QueueNames.LOCK)) {
      queueTold.told(number);
      mutexQueue.put(node.name(), node);
    } else {
      strangers.put(node.name(), node);
    }
  }

  void remove(MirroredNode node) {
    mutexQueue.remove(node.name(), node);
    semaphoreQueue.remove(node.name(), node);
    leases.remove(node.name(), node);
    strangers.remove(node.name(), node);
    node.disarm();
    removed.accept(node.path());
  }

  Optional<MirroredNode> byUid(String uid) {
    return contenders().filter(node -> node.uid().equals(uid)).findFirst();
  }

  Optional<MirroredNode> byPath(String wanted) {
    String name = wanted.substring(wanted.lastIndexOf('/') + 1);
    return Stream.of(mutexQueue, semaphoreQueue, leases, strangers)
        .flatMap(nodes -> Optional.ofNullable(nodes.get(name)).stream())
        .filter(node -> node.path().equals(wanted))
        .findFirst();
  }
}
