package org.lockex.gateway.lease;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException.Code;
import org.lockex.znode.LockId;

/** What is known of all locks, for clients, people and tools. */
public final class LeaseDirectory {
  private final LeaseContext engine;
  private final GrantExpiry expiry;

  LeaseDirectory(LeaseContext engine, GrantExpiry expiry) {
    this.engine = engine;
    this.expiry = expiry;
  }

  /** Whether requests can be served now. */
  public boolean ready() {
    return ask(LeaseContext::connected);
  }

  /** How many requests are on their way here. */
  public int waiting() {
    return ask(e -> e.tickets().size());
  }

  /** How many locks are known here. */
  public int locks() {
    return ask(e -> e.tree().size());
  }

  /** What happened to all locks since this lockexd started. */
  public LeaseStatistics.LeaseCounts statistics() {
    return ask(e -> e.statistics().all());
  }

  /** The first {@code most} locks by name that somebody holds or waits for. */
  public List<BusyLock> busy(int most) {
    return ask(e ->
        e.tree()
            .locks()
            .filter(MirroredLock::busy)
            .sorted(java.util.Comparator.comparing(lock -> lock.id))
            .limit(most)
            .map(lock ->
                new BusyLock(
                    LeaseViews.of(lock, expiry, e.timer().now()), e.statistics().of(lock.id)))
            .filter(lock -> !lock.contenders().isEmpty())
            .toList());
  }

  /** How many locks somebody holds or waits for. */
  public int busy() {
    return Math.toIntExact(ask(e -> e.tree().locks().filter(MirroredLock::busy).count()));
  }

  /**
   * The contender with that uid as it is now, in a list of one or none; empty if ZooKeeper is away.
   */
  public CompletableFuture<Optional<List<LeaseView>>> find(LockId lock, String uid) {
    return contenders(lock)
        .thenApply(all ->
            all.map(views -> views.stream().filter(view -> view.uid().equals(uid)).toList()));
  }

  /** Everybody at {@code lock}, holders first; empty if ZooKeeper is away. */
  public CompletableFuture<Optional<List<LeaseView>>> contenders(LockId lock) {
    CompletableFuture<Optional<List<LeaseView>>> answer = new CompletableFuture<>();
    engine
        .turn()
        .take(() ->
            synced(ok -> {
              Optional<List<LeaseView>> views =
                  ok
                      ? Optional.of(
                          lookUp(lock)
                              .map(l -> LeaseViews.of(l, expiry, engine.timer().now()))
                              .orElse(List.of()))
                      : Optional.empty();
              engine.turn().afterwards(() -> answer.complete(views));
            }));
    return answer;
  }

  /** All locks that somebody holds or waits for, by name; as far as is known here now. */
  public List<List<LeaseView>> all() {
    return ask(e ->
        e.tree()
            .locks()
            .filter(MirroredLock::busy)
            .sorted(java.util.Comparator.comparing(lock -> lock.id))
            .map(lock -> LeaseViews.of(lock, expiry, e.timer().now()))
            .filter(views -> !views.isEmpty())
            .toList());
  }

  Optional<MirroredLock> lookUp(LockId lock) {
    return Optional.ofNullable(engine.tree().known(lock.value()));
  }

  /** Runs {@code then}, in a turn, when all that was done before through any server is known. */
  void synced(java.util.function.Consumer<Boolean> then) {
    if (!engine.connected()) {
      then.accept(false);
      return;
    }
    engine
        .link()
        .sync(
            engine.tree().root(),
            code ->
                engine
                    .turn()
                    .take(() -> {
                      if (code == Code.OK && engine.connected()) {
                        engine.notes().whenRead(() -> then.accept(engine.connected()));
                      } else {
                        then.accept(false);
                      }
                    }));
  }

  private <T> T ask(Function<LeaseContext, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    engine.turn().take(() -> answer.complete(question.apply(engine)));
    return answer.join();
  }
}
