package org.lockex.inspect;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.zookeeper.ZooKeeper;
import org.lockex.inspect.read.Batch;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ReadRequests;
import org.lockex.lock.session.ServersClock;
import org.lockex.znode.LockId;
import org.lockex.znode.LockPaths;
import org.lockex.znode.LockRoot;

/**
 * The locks below one lock path, read straight from ZooKeeper.
 *
 * @param requests to a client that knows no chroot: all paths here carry it
 */
record LockReader(ReadRequests requests, String chroot, LockRoot root) {

  /** By what the tree is read; its paths carry the chroot. */
  ZooKeeper client() {
    return requests.client();
  }

  /** The node of all locks. */
  String path() {
    return chroot + root.path();
  }

  /**
   * The time by which ages are told. Asked for beside the lock path, where nobody watches, or below
   * it, where every contender may create.
   */
  ServersClock clock() throws InterruptedException {
    String path = path();
    int slash = path.lastIndexOf('/');
    return ServersClock.ask(client(), List.of(slash <= 0 ? "/" : path.substring(0, slash), path));
  }

  /** The node of one lock. */
  String path(LockId id) {
    return chroot + root.pathOf(id);
  }

  /** The node of what is added to fencing tokens. */
  String tokensPath() {
    return chroot + root.tokens();
  }

  /** The node of one lock's run record. */
  String runPath(LockId id) {
    return chroot + root.runPathOf(id);
  }

  /**
   * All locks that are wanted, by name, with their holders.
   *
   * @param waiters whether waiters are read, too; otherwise they are only counted
   */
  Collection<LockState> list(Predicate<String> wanted, boolean waiters)
      throws LockException, InterruptedException {
    Map<String, LockReading> locks = new TreeMap<>();
    Batch batch = new Batch(requests, path());
    String records = chroot + root.runs();
    batch.children(
        path(),
        names -> {
          for (String name : names) {
            if (wanted.test(name) && !isOurs(name)) {
              reading(locks, name, batch);
            }
          }
        },
        () -> {});
    batch.children(
        records,
        names -> {
          for (String name : names) {
            if (wanted.test(name)) {
              LockReading lock = locks.computeIfAbsent(name, this::reading);
              batch.data(
                  records + "/" + name, (data, stat) -> lock.lastRun(data), lock::runsForbidden);
            }
          }
        },
        () -> locks.values().forEach(LockReading::runsForbidden));
    TokenReading tokens = TokenReading.ask(batch, tokensPath());
    batch.await();
    for (Map.Entry<String, LockReading> entry : locks.entrySet()) {
      participants(batch, root.path() + "/" + entry.getKey(), entry.getValue(), tokens, waiters);
    }
    batch.await();
    return locks.values().stream().map(LockReading::state).toList();
  }

  /** One lock with all its holders and waiters. */
  LockState read(LockId id) throws LockException, InterruptedException {
    LockReading lock = reading(id.value());
    Batch batch = new Batch(requests, path(id));
    read(batch, path(id), lock);
    batch.data(runPath(id), (data, stat) -> lock.lastRun(data), lock::runsForbidden);
    TokenReading tokens = TokenReading.ask(batch, tokensPath());
    batch.await();
    participants(batch, root.pathOf(id), lock, tokens, true);
    batch.await();
    return lock.state();
  }

  /** With the lock path {@code /} the records and the token base are beside the locks, and none. */
  private boolean isOurs(String name) {
    String path = "/" + name;
    return root.path().isEmpty() && (path.equals(root.runs()) || path.equals(root.tokens()));
  }

  private LockReading reading(String name) {
    return new LockReading(name, root.path() + "/" + name);
  }

  private void reading(Map<String, LockReading> locks, String name, Batch batch) {
    read(batch, chroot + root.path() + "/" + name, locks.computeIfAbsent(name, this::reading));
  }

  private static void read(Batch batch, String path, LockReading lock) {
    batch.data(
        path,
        (data, stat) -> {
          lock.data(data);
          lock.given(stat);
        },
        lock::forbidden);
    batch.children(
        path,
        names -> {
          lock.children(names);
          if (lock.isSemaphore()) {
            LockPaths paths = new LockPaths(path);
            batch.children(paths.leases(), lock::leases, lock::forbidden);
            batch.children(paths.locks(), lock::locks, lock::forbidden);
            batch.data(paths.leases(), (data, stat) -> lock.given(stat), lock::forbidden);
            batch.data(paths.locks(), (data, stat) -> lock.given(stat), lock::forbidden);
          }
        },
        lock::forbidden);
  }

  private void participants(
      Batch batch, String path, LockReading lock, TokenReading tokens, boolean all) {
    read(batch, path, lock, tokens, lock.holders());
    if (all) {
      read(batch, path, lock, tokens, lock.waiters());
    }
  }

  private void read(
      Batch batch, String path, LockReading lock, TokenReading tokens, List<String> nodes) {
    for (String node : nodes) {
      String full = chroot + path + "/" + node;
      batch.data(
          full,
          (data, stat) ->
              lock.participant(
                  node, Participant.of(full, path + "/" + node, data, stat, tokens.base())),
          () -> lock.participant(node, Participant.unknown(full)));
    }
  }
}
