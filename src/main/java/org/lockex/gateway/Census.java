package org.lockex.gateway;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException.Code;
import org.lockex.znode.LockId;

/** What is known of all locks, for clients, people and tools. */
final class Census {
  private final Engine engine;
  private final Expiry expiry;

  Census(Engine engine, Expiry expiry) {
    this.engine = engine;
    this.expiry = expiry;
  }

  /** Whether requests can be served now. */
  boolean ready() {
    return ask(Engine::connected);
  }

  /** How many requests are on their way here. */
  int waiting() {
    return ask(e -> e.tickets().size());
  }

  /** How many locks are known here. */
  int locks() {
    return ask(e -> e.tree().size());
  }

  /** What happened to all locks since this lockexd started. */
  Statistics.Summary statistics() {
    return ask(e -> e.statistics().all());
  }

  /** The first {@code most} locks by name that somebody holds or waits for. */
  List<StatusPage.Lock> busy(int most) {
    return ask(e ->
        e.tree()
            .locks()
            .filter(LockNode::busy)
            .sorted(java.util.Comparator.comparing(lock -> lock.id))
            .limit(most)
            .map(lock ->
                new StatusPage.Lock(
                    Views.of(lock, expiry, e.timer().now()), e.statistics().of(lock.id)))
            .filter(lock -> !lock.contenders().isEmpty())
            .toList());
  }

  /** How many locks somebody holds or waits for. */
  int busy() {
    return Math.toIntExact(ask(e -> e.tree().locks().filter(LockNode::busy).count()));
  }

  /**
   * The contender with that uid as it is now, in a list of one or none; empty if ZooKeeper is away.
   */
  CompletableFuture<Optional<List<LeaseView>>> find(LockId lock, String uid) {
    return contenders(lock)
        .thenApply(all ->
            all.map(views -> views.stream().filter(view -> view.uid().equals(uid)).toList()));
  }

  /** Everybody at {@code lock}, holders first; empty if ZooKeeper is away. */
  CompletableFuture<Optional<List<LeaseView>>> contenders(LockId lock) {
    CompletableFuture<Optional<List<LeaseView>>> answer = new CompletableFuture<>();
    engine
        .turn()
        .take(() ->
            synced(ok -> {
              Optional<List<LeaseView>> views =
                  ok
                      ? Optional.of(
                          lookUp(lock)
                              .map(l -> Views.of(l, expiry, engine.timer().now()))
                              .orElse(List.of()))
                      : Optional.empty();
              engine.turn().afterwards(() -> answer.complete(views));
            }));
    return answer;
  }

  /** All locks that somebody holds or waits for, by name; as far as is known here now. */
  List<List<LeaseView>> all() {
    return ask(e ->
        e.tree()
            .locks()
            .filter(LockNode::busy)
            .sorted(java.util.Comparator.comparing(lock -> lock.id))
            .map(lock -> Views.of(lock, expiry, e.timer().now()))
            .filter(views -> !views.isEmpty())
            .toList());
  }

  Optional<LockNode> lookUp(LockId lock) {
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

  private <T> T ask(Function<Engine, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    engine.turn().take(() -> answer.complete(question.apply(engine)));
    return answer.join();
  }
}
