package org.lockex.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.lockex.gateway.lease.LeaseView;

/**
 * What clients may rely on. It knows what each was told and what the servers have committed, and
 * nothing of what the gateways think.
 */
final class Witness {
  /** A lock that a client believes it holds, until a true time. */
  private record Belief(String lock, String uid, int size, long until) {}

  private final VirtualTime time;
  private final Map<String, List<Belief>> beliefs = new HashMap<>();
  private final Map<String, Long> tokens = new HashMap<>();

  /** How many nodes each contender has. */
  private final Map<String, Integer> standing = new HashMap<>();

  /** Those that somebody released or deleted: their end may come at any time. */
  private final Set<String> ended = new HashSet<>();

  /** Locks at which whoever comes may be deleted, too. */
  private final Map<String, Integer> swept = new HashMap<>();

  private final List<String> violations = new ArrayList<>();
  private long grants;

  Witness(VirtualTime time) {
    this.time = time;
  }

  /** The first thing that should not have been. */
  Optional<String> violation() {
    return violations.stream().findFirst();
  }

  void violated(String what) {
    violations.add(what);
  }

  /** How many grants were told. */
  long grants() {
    return grants;
  }

  private Collection<Belief> holders(String lock) {
    List<Belief> there = beliefs.computeIfAbsent(lock, any -> new ArrayList<>());
    there.removeIf(belief -> belief.until() <= time.now());
    return there;
  }

  /** A gateway on {@code host} tells its client that it holds the lock. */
  void granted(Host host, LeaseView lease, int size) {
    grants++;
    String lock = lease.lock().value();
    if (swept.containsKey(lock)) {
      ended.add(lease.uid());
    }
    if (ended.contains(lease.uid())) {
      return;
    }
    Instant wall = Instant.ofEpochMilli(host.wallMillis());
    long left = Duration.between(wall, lease.expires().orElseThrow()).toNanos();
    if (left <= 0) {
      violated(lock + ": granted to " + shown(lease.uid()) + " when its end had come");
      return;
    }
    Belief told = new Belief(lock, lease.uid(), size, time.now() + host.trueNanos(left) - 2);
    Collection<Belief> there = holders(lock);
    int most = there.stream().mapToInt(Belief::size).reduce(size, Math::min);
    there.add(told);
    if (there.size() > most) {
      violated(lock + ": held by " + there.stream().map(b -> shown(b.uid())).toList());
    }
    if (!standing.containsKey(lease.uid())) {
      violated(lock + ": " + shown(lease.uid()) + " was told of a grant that is gone");
    }
    if (size == 1 && lease.token() <= tokens.getOrDefault(lock, 0L)) {
      violated(lock + ": " + shown(lease.uid()) + " got the token " + lease.token() + " late");
    }
    if (size == 1) {
      tokens.put(lock, lease.token());
    }
  }

  /** Somebody wants it to end: from now on nobody relies on it. */
  void ends(String uid) {
    ended.add(uid);
    beliefs.values().forEach(there -> there.removeIf(belief -> belief.uid().equals(uid)));
  }

  /** Somebody deletes all at a lock: until that is done, nobody relies on what it gets there. */
  void sweeps(String lock) {
    swept.merge(lock, 1, Integer::sum);
    beliefs.computeIfAbsent(lock, any -> new ArrayList<>()).clear();
  }

  void swept(String lock) {
    swept.computeIfPresent(lock, (any, count) -> count == 1 ? null : count - 1);
  }

  /** The servers have committed that. */
  void committed(Transaction transaction) {
    for (Tree.Change change : transaction.changes()) {
      Optional<String> uid = uid(change.path());
      if (uid.isPresent() && change.event() == EventType.NodeCreated) {
        standing.merge(uid.get(), 1, Integer::sum);
      } else if (uid.isPresent() && change.event() == EventType.NodeDeleted) {
        standing.computeIfPresent(uid.get(), (any, count) -> count == 1 ? null : count - 1);
      }
    }
    for (Tree.Change change : transaction.changes()) {
      Optional<String> uid = uid(change.path());
      if (uid.isPresent() && !standing.containsKey(uid.get())) {
        lost(uid.get());
      }
    }
  }

  private void lost(String uid) {
    for (List<Belief> there : beliefs.values()) {
      for (Belief belief : there) {
        if (belief.uid().equals(uid) && belief.until() > time.now()) {
          long early = (belief.until() - time.now()) / VirtualTime.MICRO;
          violated(belief.lock() + ": " + shown(uid) + " lost its grant " + early + " us early");
          return;
        }
      }
    }
  }

  /** The name of the contender at a node. */
  static Optional<String> uid(String path) {
    int at = path.lastIndexOf("/_c_");
    return at < 0 || path.length() < at + 40
        ? Optional.empty()
        : Optional.of(path.substring(at + 4, at + 40).replace("-", ""));
  }

  static String shown(String uid) {
    return uid.substring(0, 6);
  }
}
