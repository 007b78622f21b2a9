package org.lockex.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.zookeeper.data.Stat;
import org.lockex.znode.LockData;
import org.lockex.znode.LockFolder;
import org.lockex.znode.LockPaths;
import org.lockex.znode.QueueNames;
import org.lockex.znode.RunRecord;
import org.lockex.znode.SequenceNumbers;

/** A lock while it is being read. */
final class LockReading {
  private final String id;
  private final String path;
  private final Map<String, Participant> read = new TreeMap<>();
  private Optional<LockData.Reading> data = Optional.empty();
  private LockFolder folder = LockFolder.of(List.of());
  private List<String> leases = List.of();
  private List<String> locks = List.of();
  private Optional<RunRecord> lastRun = Optional.empty();
  private boolean forbidden;
  private boolean runsForbidden;
  private long given;

  LockReading(String id, String path) {
    this.id = id;
    this.path = path;
  }

  void data(byte[] bytes) {
    data = Optional.of(LockData.read(bytes));
  }

  /** Takes the count of one of the nodes that have contenders as children. */
  void given(Stat parent) {
    given = Math.max(given, SequenceNumbers.given(parent));
  }

  /** Takes the names of the lock's children. */
  void children(List<String> names) {
    folder = LockFolder.of(names);
  }

  /** We may not read who is there. */
  void forbidden() {
    forbidden = true;
  }

  /** We may not read what is remembered of its runs. */
  void runsForbidden() {
    runsForbidden = true;
  }

  boolean isSemaphore() {
    return folder.queue().isEmpty() && folder.hasSemaphore();
  }

  void leases(List<String> names) {
    leases = QueueNames.ordered(names, QueueNames.LEASE);
  }

  void locks(List<String> names) {
    locks = QueueNames.ordered(names, QueueNames.LOCK);
  }

  void lastRun(byte[] bytes) {
    lastRun = RunRecord.read(bytes);
  }

  void participant(String node, Participant participant) {
    read.put(node, participant);
  }

  /** The nodes that hold the lock, relative to the lock's own. */
  List<String> holders() {
    List<String> queue = folder.queue();
    return isSemaphore()
        ? within(LockPaths.LEASES, leases.subList(0, held()))
        : queue.subList(0, Math.min(1, queue.size()));
  }

  /** The nodes that wait, relative to the lock's own. */
  List<String> waiters() {
    List<String> queue = folder.queue();
    return isSemaphore()
        ? within(LockPaths.LOCKS, locks)
        : queue.subList(Math.min(1, queue.size()), queue.size());
  }

  /** How many leases are held; the one asked for by the first in the queue may be one more. */
  private int held() {
    return known().map(told -> Math.min(told.concurrency(), leases.size())).orElse(leases.size());
  }

  private Optional<LockData> known() {
    return data.flatMap(reading ->
        reading instanceof LockData.Reading.Known(LockData told)
            ? Optional.of(told)
            : Optional.empty());
  }

  LockState state() {
    List<Participant> holders = participants(holders());
    Set<Long> holding =
        holders.stream()
            .map(Participant::session)
            .filter(session -> session != 0)
            .collect(Collectors.toSet());
    List<Participant> waiters = participants(waiters());
    int waiting = waiters().size();
    if (isSemaphore()) {
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
        mode == LockState.Mode.MUTEX ? 1 : known().map(LockData::concurrency).orElse(0),
        holders,
        waiters,
        waiting,
        folder.strangers(),
        lastRun,
        forbidden,
        runsForbidden,
        given);
  }

  private LockState.Mode mode() {
    if (forbidden) {
      return LockState.Mode.UNKNOWN;
    }
    if (data.isEmpty()) {
      return LockState.Mode.ABSENT;
    }
    if (!folder.queue().isEmpty()) {
      return LockState.Mode.MUTEX;
    }
    boolean mutex = known().filter(LockData::isMutex).isPresent();
    if (isSemaphore()) {
      return mutex && locks.isEmpty() && leases.isEmpty()
          ? LockState.Mode.MUTEX
          : LockState.Mode.SEMAPHORE;
    }
    if (known().isPresent()) {
      return mutex ? LockState.Mode.MUTEX : LockState.Mode.SEMAPHORE;
    }
    boolean unused = data.get() instanceof LockData.Reading.Empty && folder.strangers().isEmpty();
    return unused ? LockState.Mode.UNUSED : LockState.Mode.OTHER;
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
