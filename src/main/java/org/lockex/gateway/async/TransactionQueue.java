package org.lockex.gateway.async;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.jspecify.annotations.Nullable;

/**
 * Lets concurrent requests share ZooKeeper's transactions: while {@value #IN_FLIGHT} are on their
 * way, what else there is to do collects and goes as one. The writes of one {@link Work} stay
 * together: all of them happen or none. When a shared transaction fails, the work that failed is
 * told so and the others are tried again, so that one request's failure is never another's.
 *
 * <p>Used within a step; replies come within one.
 */
public final class TransactionQueue {
  private static final int IN_FLIGHT = 2;

  /** When more wait to join queues than can share: those of one lock go one by one. */
  private static final int MOST_IN_FLIGHT = 16;

  private static final int MOST_WORKS = 64;

  /** How many of the works of a transaction are kept for those that join, if there are any. */
  private static final int JOINS = 16;

  /**
   * Writes that belong together.
   *
   * @param subject what they are about, should the reply fail
   * @param ops the writes, in this order
   * @param queue works that create nodes of one queue never share a transaction, because then they
   *     would share their fencing token too; empty if this does not matter
   * @param reply OK with the results of just these writes, or why none of them happened; a code
   *     that is {@link AsyncZooKeeper#lost} means that nobody knows
   */
  public record Work(
      StepSubject subject, List<Op> ops, String queue, AsyncZooKeeper.MultiReply reply) {}

  private final AsyncZooKeeper zooKeeper;
  private final SerialExecutor executor;

  /** Grants and ends; they never wait for those that join. */
  private final Deque<Work> moves = new ArrayDeque<>();

  private final Deque<Work> joins = new ArrayDeque<>();
  private int inFlight;
  private boolean replying;

  /**
   * Nothing is on its way.
   *
   * @param zooKeeper where they are done
   * @param executor in which replies come
   */
  public TransactionQueue(AsyncZooKeeper zooKeeper, SerialExecutor executor) {
    this.zooKeeper = zooKeeper;
    this.executor = executor;
  }

  /**
   * Does {@code work} soon, perhaps together with others.
   *
   * @param work the writes and who hears of them
   */
  public void submit(Work work) {
    queue(work).add(work);
    flush();
  }

  private Deque<Work> queue(Work work) {
    return work.queue().isEmpty() ? moves : joins;
  }

  /**
   * Does {@code work} now and alone; for what may well fail.
   *
   * @param work the writes and who hears of them
   */
  public void submitAlone(Work work) {
    zooKeeper.multi(
        work.ops(),
        (code, results, zxid) ->
            executor.run(work.subject(), () -> work.reply().done(code, results, zxid)));
  }

  /** The connection is away: what has not been sent will not be. */
  public void lose() {
    List<Work> lost = new ArrayList<>(moves);
    lost.addAll(joins);
    moves.clear();
    joins.clear();
    lost.forEach(work -> reply(work, Code.CONNECTIONLOSS, null, 0));
  }

  private void reply(Work work, Code code, @Nullable List<OpResult> results, long zxid) {
    executor.guard(work.subject(), () -> work.reply().done(code, results, zxid));
  }

  private void flush() {
    while (!replying && inFlight < mayFly() && !(moves.isEmpty() && joins.isEmpty())) {
      List<Work> shared = next();
      List<Op> ops = new ArrayList<>();
      shared.forEach(work -> ops.addAll(work.ops()));
      inFlight++;
      StepSubject subject = StepSubject.of(shared.getFirst().subject().lock());
      zooKeeper.multi(
          ops,
          (code, results, zxid) -> executor.run(subject, () -> done(shared, code, results, zxid)));
    }
  }

  private int mayFly() {
    return joins.size() > MOST_WORKS ? MOST_IN_FLIGHT : IN_FLIGHT;
  }

  private List<Work> next() {
    List<Work> shared = new ArrayList<>();
    int most = joins.isEmpty() ? MOST_WORKS : MOST_WORKS - JOINS;
    while (!moves.isEmpty() && shared.size() < most) {
      shared.add(moves.remove());
    }
    Set<String> queues = new HashSet<>();
    while (!joins.isEmpty() && shared.size() < MOST_WORKS && queues.add(joins.element().queue())) {
      shared.add(joins.remove());
    }
    return shared;
  }

  private void done(List<Work> shared, Code code, @Nullable List<OpResult> results, long zxid) {
    inFlight--;
    replying = true;
    try {
      tell(shared, code, results, zxid);
    } finally {
      replying = false;
    }
    flush();
  }

  private void tell(List<Work> shared, Code code, @Nullable List<OpResult> results, long zxid) {
    if (code == Code.OK && results != null) {
      int from = 0;
      for (Work work : shared) {
        int to = from + work.ops().size();
        reply(work, code, results.subList(from, to), zxid);
        from = to;
      }
    } else if (shared.size() == 1 || AsyncZooKeeper.lost(code)) {
      shared.forEach(work -> reply(work, code, null, zxid));
    } else {
      separate(shared, failed(shared, results), code, zxid);
    }
  }

  private void separate(List<Work> shared, int failed, Code code, long zxid) {
    if (failed < 0) {
      shared.forEach(this::submitAlone);
      return;
    }
    List<Work> others = new ArrayList<>(shared);
    Work work = others.remove(failed);
    others.reversed().forEach(other -> queue(other).addFirst(other));
    reply(work, code, null, zxid);
  }

  /**
   * The place of the work that a transaction failed of: the first write with an error is its. The
   * writes before it show no error, those after it that they were not tried.
   */
  private static int failed(List<Work> shared, @Nullable List<OpResult> results) {
    int op = 0;
    for (int i = 0; results != null && i < shared.size(); i++) {
      for (int ops = shared.get(i).ops().size(); ops > 0 && op < results.size(); ops--, op++) {
        if (results.get(op) instanceof OpResult.ErrorResult error && error.getErr() != 0) {
          return i;
        }
      }
    }
    return -1;
  }
}
