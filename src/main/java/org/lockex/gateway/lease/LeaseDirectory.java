package org.lockex.gateway.lease;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.zookeeper.KeeperException.Code;
import org.lockex.gateway.async.StepSubject;
import org.lockex.znode.LockId;

/** What is known of all locks, for clients, people and tools. */
public final class LeaseDirectory {
  private static final String ALL = "all";

  private final LeaseContext context;

  LeaseDirectory(LeaseContext context) {
    this.context = context;
  }

  /** {@return whether requests can be served now} */
  public boolean ready() {
    return ask(context::connected);
  }

  /**
   * Runs {@code listener} whenever requests can be served again.
   *
   * @param listener must not block
   */
  public void onReady(Runnable listener) {
    context.run(ALL, () -> context.onConnected(listener));
  }

  /** {@return what ZooKeeper answered where it does not let us read the locks} */
  public Optional<Code> refusal() {
    return ask(context::refusal);
  }

  /** {@return how many requests are on their way here} */
  public int waiting() {
    return ask(() -> context.pending().size());
  }

  /** {@return how many grants that were given here stand} */
  public int grants() {
    return ask(() -> context.mirror().given());
  }

  /** {@return how many locks are known here} */
  public int locks() {
    return ask(() -> context.mirror().size());
  }

  /** {@return what happened to all locks since this lockexd started} */
  public LeaseStatistics.LeaseCounts statistics() {
    return ask(() -> context.statistics().all());
  }

  /** {@return the names of the locks that somebody holds or waits for, in no order} */
  public List<String> busyNames() {
    return ask(
        () -> context.mirror().locks().filter(MirroredLock::busy).map(MirroredLock::id).toList());
  }

  /**
   * {@return who is at each of these locks, in the same order; without those where nobody is}
   *
   * @param names not too many: grants wait for the answer
   */
  public List<List<LeaseView>> contenders(List<String> names) {
    return ask(() ->
        names.stream()
            .flatMap(name -> context.mirror().known(name).stream())
            .map(this::views)
            .filter(views -> !views.isEmpty())
            .toList());
  }

  /**
   * {@return what happened to one lock since this lockexd started}
   *
   * @param lock the lock's name
   */
  public LeaseStatistics.LeaseCounts statistics(LockId lock) {
    return ask(() -> context.statistics().of(lock.value()));
  }

  /** {@return all locks that somebody holds or waits for, by name; as far as is known here now} */
  public List<List<LeaseView>> all() {
    return ask(() -> busyLocks().map(this::views).filter(views -> !views.isEmpty()).toList());
  }

  private Stream<MirroredLock> busyLocks() {
    return context
        .mirror()
        .locks()
        .filter(MirroredLock::busy)
        .sorted(Comparator.comparing(MirroredLock::id));
  }

  private List<LeaseView> views(MirroredLock lock) {
    Instant wallTime = context.wallTime();
    return LeaseViews.of(lock, context.tokens().newest(), context.now(), wallTime);
  }

  /**
   * The contender with that uid as it is now, in a list of one or none; empty if ZooKeeper is away.
   *
   * @param lock the lock's name
   * @param uid 32 hex digits
   * @return the contender
   */
  public CompletableFuture<Optional<List<LeaseView>>> find(LockId lock, String uid) {
    return contenders(lock)
        .thenApply(all ->
            all.map(views -> views.stream().filter(view -> view.uid().equals(uid)).toList()));
  }

  /**
   * Everybody at {@code lock}, holders first; empty if ZooKeeper is away.
   *
   * @param lock the lock's name
   * @return everybody there
   */
  public CompletableFuture<Optional<List<LeaseView>>> contenders(LockId lock) {
    CompletableFuture<Optional<List<LeaseView>>> answer = new CompletableFuture<>();
    StepSubject subject = subject(lock, answer);
    context.run(
        subject,
        () ->
            synced(
                subject,
                ok -> {
                  Optional<List<LeaseView>> views =
                      ok
                          ? Optional.of(lookUp(lock).map(this::views).orElse(List.of()))
                          : Optional.empty();
                  context.afterwards(() -> answer.complete(views));
                }));
    return answer;
  }

  /** A question about {@code lock}; a defect answers it as if ZooKeeper were away. */
  static <T> StepSubject subject(LockId lock, CompletableFuture<Optional<T>> answer) {
    return new StepSubject(lock.value(), () -> answer.complete(Optional.empty()));
  }

  Optional<MirroredLock> lookUp(LockId lock) {
    return context.mirror().known(lock.value());
  }

  /** Runs {@code then}, in a step, when all that was done before through any server is known. */
  void synced(StepSubject subject, Consumer<Boolean> then) {
    if (!context.connected()) {
      then.accept(false);
      return;
    }
    context
        .zooKeeper()
        .sync(
            context.mirror().rootPath(),
            code ->
                context.run(
                    subject,
                    () -> {
                      if (code == Code.OK && context.connected()) {
                        context
                            .reader()
                            .whenRead(subject, read -> then.accept(read && context.connected()));
                      } else {
                        then.accept(false);
                      }
                    }));
  }

  private <T> T ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    context.run(
        new StepSubject(
            ALL,
            () -> answer.completeExceptionally(new IllegalStateException("a defect in lockexd"))),
        () -> answer.complete(question.get()));
    return answer.join();
  }
}
