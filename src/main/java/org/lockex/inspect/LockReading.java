package org.lockex.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lockex.znode.JsonObject;
import org.lockex.znode.QueueNames;
import org.lockex.znode.RunRecord;

/**
 * A lock while it is being read. The order is that of Curator's recipes: by what follows {@code
 * lock-} or {@code lease-} in a name (StandardLockInternalsDriver.standardFixForSorting).
 */
final class LockReading {
  static final String LEASES = "leases";
  static final String LOCKS = "locks";

  private final String id;
  private final String path;
  private final Map<String, Participant> read = new TreeMap<>();
  private byte @Nullable [] data;
  private List<String> queue = List.of();
  private List<String> others = List.of();
  private List<String> leases = List.of();
  private List<String> locks = List.of();
  private boolean semaphore;
  private Optional<RunRecord> lastRun = Optional.empty();

  LockReading(String id, String path) {
    this.id = id;
    this.path = path;
  }

  void data(byte[] bytes) {
    data = bytes;
  }

  /** Takes the names of the lock's children. */
  void children(List<String> names) {
    queue = QueueNames.sorted(names, QueueNames.LOCK);
    others =
        names.stream()
            .filter(name ->
                !name.contains(QueueNames.LOCK) && !name.equals(LEASES) && !name.equals(LOCKS))
            .sorted()
            .toList();
    semaphore = queue.isEmpty() && (names.contains(LEASES) || names.contains(LOCKS));
  }

  boolean isSemaphore() {
    return semaphore;
  }

  void leases(List<String> names) {
    leases = QueueNames.sorted(names, QueueNames.LEASE);
  }

  void locks(List<String> names) {
    locks = QueueNames.sorted(names, QueueNames.LOCK);
  }

  void lastRun(byte[] bytes) {
    lastRun = RunRecord.parse(bytes);
  }

  void participant(String node, Participant participant) {
    read.put(node, participant);
  }

  /** The nodes that hold the lock, relative to the lock's own. */
  List<String> holders() {
    return semaphore
        ? within(LEASES, leases.subList(0, held()))
        : queue.subList(0, Math.min(1, queue.size()));
  }

  /** The nodes that wait, relative to the lock's own. */
  List<String> waiters() {
    return semaphore
        ? within(LOCKS, locks)
        : queue.subList(Math.min(1, queue.size()), queue.size());
  }

  /** How many leases are held; the one asked for by the first in the queue may be one more. */
  private int held() {
    int concurrency = concurrency();
    return concurrency == 0 ? leases.size() : Math.min(concurrency, leases.size());
  }

  private int concurrency() {
    return json().flatMap(json -> json.number("concurrency")).map(Math::toIntExact).orElse(0);
  }

  private Optional<JsonObject> json() {
    return data == null
        ? Optional.empty()
        : JsonObject.parse(data).filter(json -> json.number("format").isPresent());
  }

  LockState state() {
    List<Participant> holders = participants(holders());
    Set<Long> holding = holders.stream().map(Participant::session).collect(Collectors.toSet());
    List<Participant> waiters = participants(waiters());
    int waiting = waiters().size();
    if (semaphore) {
      // A contender leaves the queue only after it has its lease.
      int before = waiters.size();
      waiters = waiters.stream().filter(w -> !holding.contains(w.session())).toList();
      waiting -= before - waiters.size();
    }
    LockState.Mode mode = mode();
    return new LockState(
        id,
        path,
        mode,
        mode == LockState.Mode.MUTEX ? 1 : concurrency(),
        holders,
        waiters,
        waiting,
        others,
        lastRun);
  }

  private LockState.Mode mode() {
    if (data == null) {
      return LockState.Mode.ABSENT;
    }
    if (!queue.isEmpty()) {
      return LockState.Mode.MUTEX;
    }
    if (semaphore) {
      return concurrency() == 1 && locks.isEmpty() && leases.isEmpty()
          ? LockState.Mode.MUTEX
          : LockState.Mode.SEMAPHORE;
    }
    return json()
        .flatMap(json -> json.text("mode"))
        .map(mode -> mode.equals("semaphore") ? LockState.Mode.SEMAPHORE : LockState.Mode.MUTEX)
        .orElse(
            data.length == 0 && others.isEmpty() ? LockState.Mode.UNUSED : LockState.Mode.OTHER);
  }

  private List<Participant> participants(List<String> nodes) {
    List<Participant> known = new ArrayList<>();
    for (String node : nodes) {
      Participant participant = read.get(node);
      if (participant != null) {
        known.add(participant);
      }
    }
    return known;
  }

  private static List<String> within(String parent, List<String> names) {
    return names.stream().map(name -> parent + "/" + name).toList();
  }
}
