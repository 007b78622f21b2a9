package org.lockex.gateway.lease;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException.Code;
import org.lockex.gateway.async.StepSubject;
import org.lockex.znode.Contender;
import org.lockex.znode.ContenderData;
import org.lockex.znode.LockId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes holders and waiters away because somebody asks for it. */
public final class LeaseRemoval {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseRemoval.class);

  /** Of what clients call themselves in a line of the log that people read. */
  private static final int MOST_LETTERS = 200;

  private static final int MOST_NAMED = 3;

  private final LeaseContext context;
  private final LeaseDirectory directory;
  private final Leaving leaving;

  LeaseRemoval(LeaseContext context, LeaseDirectory directory, Leaving leaving) {
    this.context = context;
    this.directory = directory;
    this.leaving = leaving;
  }

  /**
   * Deletes one contender, a command too, and says so in the log.
   *
   * @param lock the lock's name
   * @param uid 32 hex digits
   * @param who asks for it, in words
   * @return whether it was there; empty if ZooKeeper is away
   */
  public CompletableFuture<Optional<Boolean>> breakOne(LockId lock, String uid, String who) {
    AtomicReference<String> whose = new AtomicReference<>("");
    CompletableFuture<Optional<Boolean>> broken =
        removeOne(
            lock,
            found -> {
              Optional<MirroredNode> node = found.byUid(uid);
              node.ifPresent(there -> whose.set(whose(there)));
              return node;
            });
    return broken.thenApply(done -> {
      if (done.equals(Optional.of(true))) {
        log(who, lock, whose.get());
      }
      return done;
    });
  }

  /**
   * Releases a lease, or takes a waiting request out of the queue.
   *
   * @param lock the lock's name
   * @param uid 32 hex digits
   * @return whether there was one; empty if ZooKeeper is away
   */
  public CompletableFuture<Optional<Boolean>> release(LockId lock, String uid) {
    return removeOne(lock, found -> found.byUid(uid).filter(this::releasable));
  }

  /**
   * As {@link #release}, for the lease that {@code requester} holds.
   *
   * @param lock the lock's name
   * @param requester the name under which it is held
   * @return whether there was one; empty if ZooKeeper is away
   */
  public CompletableFuture<Optional<Boolean>> releaseOf(LockId lock, String requester) {
    return removeOne(
        lock,
        found ->
            found
                .contenders()
                .filter(MirroredNode::isGrant)
                .filter(node -> node.requester().equals(Optional.of(requester)))
                .filter(this::releasable)
                .findFirst());
  }

  private boolean releasable(MirroredNode node) {
    return node.isLease() && !node.isLeaving() && !node.isOver(context.now());
  }

  /** Looks first at what is known, and only when nothing is found at what is surely true. */
  private CompletableFuture<Optional<Boolean>> removeOne(
      LockId lock, Function<MirroredLock, Optional<MirroredNode>> find) {
    CompletableFuture<Optional<Boolean>> answer = new CompletableFuture<>();
    StepSubject subject = LeaseDirectory.subject(lock, answer);
    context.run(
        subject,
        () -> {
          Optional<MirroredNode> found = directory.lookUp(lock).flatMap(find);
          if (!context.connected()) {
            answer(answer, Optional.empty());
          } else if (found.isPresent()) {
            delete(subject, found.get(), answer);
          } else {
            directory.synced(
                subject,
                ok -> {
                  Optional<MirroredNode> late = directory.lookUp(lock).flatMap(find);
                  if (!ok) {
                    answer(answer, Optional.empty());
                  } else if (late.isPresent()) {
                    delete(subject, late.get(), answer);
                  } else {
                    answer(answer, Optional.of(false));
                  }
                });
          }
        });
    return answer;
  }

  private <T> void answer(CompletableFuture<T> answer, T with) {
    context.afterwards(() -> answer.complete(with));
  }

  private void delete(
      StepSubject subject, MirroredNode node, CompletableFuture<Optional<Boolean>> answer) {
    Optional<PendingLease> pending =
        context.pending(node.uid()).filter(request -> request.state().open());
    if (pending.isPresent()) {
      leaving.leave(pending.get(), new LeaseOutcome.Removed());
      var _ =
          pending
              .get()
              .outcome()
              .thenAccept(outcome ->
                  answer.complete(
                      outcome instanceof LeaseOutcome.Unavailable
                          ? Optional.empty()
                          : Optional.of(true)));
      return;
    }
    boolean grant = node.isGrant();
    leaving.delete(
        subject,
        node,
        code -> {
          if (code == Code.OK && grant) {
            context.statistics().released(node.lock());
          }
          answer(
              answer,
              code == Code.OK || code == Code.NONODE
                  ? Optional.of(code == Code.OK)
                  : Optional.empty());
        });
  }

  /**
   * Deletes everybody at {@code lock}, commands too, and says so in the log.
   *
   * @param lock the lock's name
   * @param who asks for it, in words
   * @return how many; empty if ZooKeeper is away
   */
  public CompletableFuture<Optional<Integer>> deleteAll(LockId lock, String who) {
    CompletableFuture<Optional<List<MirroredNode>>> answer = new CompletableFuture<>();
    StepSubject subject = LeaseDirectory.subject(lock, answer);
    context.run(
        subject, () -> directory.synced(subject, ok -> deleteAll(subject, lock, ok, answer)));
    return answer.thenApply(all -> {
      all.filter(nodes -> !nodes.isEmpty()).ifPresent(nodes -> log(who, lock, whose(nodes)));
      return all.map(List::size);
    });
  }

  private void deleteAll(
      StepSubject subject,
      LockId lock,
      boolean ok,
      CompletableFuture<Optional<List<MirroredNode>>> answer) {
    if (!ok) {
      answer(answer, Optional.empty());
      return;
    }
    List<MirroredNode> all =
        directory.lookUp(lock).map(found -> found.contenders().toList()).orElse(List.of());
    List<CompletableFuture<Optional<Boolean>>> deletes =
        all.reversed().stream()
            .map(node -> {
              CompletableFuture<Optional<Boolean>> deleted = new CompletableFuture<>();
              delete(subject, node, deleted);
              return deleted;
            })
            .toList();
    var _ =
        CompletableFuture.allOf(deletes.toArray(CompletableFuture[]::new))
            .thenRun(() -> answer.complete(Optional.of(all)));
  }

  /**
   * Deletes everybody at every lock, and says so in the log, of each lock.
   *
   * @param who asks for it, in words
   * @return true; empty if ZooKeeper is away
   */
  public CompletableFuture<Optional<Boolean>> deleteEverything(String who) {
    List<CompletableFuture<Optional<Integer>>> deletes =
        directory.all().stream().map(views -> deleteAll(views.getFirst().lock(), who)).toList();
    return CompletableFuture.allOf(deletes.toArray(CompletableFuture[]::new))
        .thenApply(done ->
            directory.ready() && deletes.stream().allMatch(delete -> delete.join().isPresent())
                ? Optional.of(true)
                : Optional.empty());
  }

  private static String whose(List<MirroredNode> nodes) {
    String first = nodes.stream().limit(MOST_NAMED).map(LeaseRemoval::whose).collect(joining(", "));
    int more = nodes.size() - MOST_NAMED;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  /** Who held or waited there. Never by the uid: who reads the log could release another lock. */
  private static String whose(MirroredNode node) {
    Optional<Contender> contender = node.data().flatMap(ContenderData::who);
    String title = contender.map(Contender::command).orElse("");
    String user = contender.map(Contender::user).orElse("");
    String host = contender.map(Contender::host).orElse("");
    String who = title.isEmpty() ? node.requester().orElse("?") : title;
    return plain(
        "'"
            + who
            + "' of "
            + (user.isEmpty() ? "?" : user)
            + " on "
            + (host.isEmpty() ? "?" : host));
  }

  private static void log(String who, LockId lock, String whose) {
    LOG.warn("{} broke the lock {}: {}", plain(who), plain(lock.value()), whose);
  }

  /** Clients choose these words: no line ends, nothing that a terminal obeys. */
  private static String plain(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(MOST_LETTERS)
        .forEach(c -> {
          int type = Character.getType(c);
          boolean shown =
              type != Character.CONTROL
                  && type != Character.FORMAT
                  && type != Character.LINE_SEPARATOR
                  && type != Character.PARAGRAPH_SEPARATOR
                  && type != Character.SURROGATE;
          line.appendCodePoint(shown ? c : '?');
        });
    return line.toString();
  }
}
