package org.lockex.gateway.lease;

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
 * <p>Used within a {@link SerialExecutor}; replies come within one.
 */
final class TransactionQueue {
  private static final int IN_FLIGHT = 2;

  /** When more wait to join queues than can share: those of one lock go one by one. */
  private static final int MOST_IN_FLIGHT = 16;

  private static final int MOST_WORKS = 64;

  /** How many of the works of a transaction are kept for those that join, if there are any. */
  private static final int JOINS = 16;

  /**
   * Writes that belong together.
   *
   * @param lock works of one lock that create queue nodes never share a transaction, because then
   *     they would share their fencing token too; empty if this does not matter
   * @param reply OK with the results of just these writes, or why none of them happened;
   *     CONNECTIONLOSS and SESSIONEXPIRED mean that nobody knows
   */
  record Work(List<Op> ops, String lock, ZooKeeperClient.Reply<List<OpResult>> reply) {}

  private final ZooKeeperClient link;
  private final SerialExecutor turn;

  /** Grants and ends; they never wait for those that join. */
  private final Deque<Work> moves = new ArrayDeque<>();

  private final Deque<Work> joins = new ArrayDeque<>();
  private int inFlight;
  private boolean replying;

  TransactionQueue(ZooKeeperClient link, SerialExecutor turn) {
    this.link = link;
    this.turn = turn;
  }

  /** Does {@code work} soon, perhaps together with others. */
  void submit(Work work) {
    queue(work).add(work);
    flush();
  }

  private Deque<Work> queue(Work work) {
    return work.lock().isEmpty() ? moves : joins;
  }

  /** Does {@code work} now and alone; for what may well fail. */
  void submitAlone(Work work) {
    link.multi(
        work.ops(),
        (code, results, zxid) -> turn.take(() -> work.reply().done(code, results, zxid)));
  }

  /** The connection is away: what has not been sent will not be. */
  void lose() {
    List<Work> lost = new ArrayList<>(moves);
    lost.addAll(joins);
    moves.clear();
    joins.clear();
    lost.forEach(work -> work.reply().done(Code.CONNECTIONLOSS, null, 0));
  }

  private void flush() {
    while (!replying && inFlight < mayFly() && !(moves.isEmpty() && joins.isEmpty())) {
      List<Work> shared = next();
      List<Op> ops = new ArrayList<>();
      shared.forEach(work -> ops.addAll(work.ops()));
      inFlight++;
      link.multi(ops, (code, results, zxid) -> turn.take(() -> done(shared, code, results, zxid)));
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
    Set<String> locks = new HashSet<>();
    while (!joins.isEmpty() && shared.size() < MOST_WORKS && locks.add(joins.element().lock())) {
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
        work.reply().done(code, results.subList(from, to), zxid);
        from = to;
      }
    } else if (shared.size() == 1 || lost(code)) {
      shared.forEach(work -> work.reply().done(code, null, zxid));
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
    work.reply().done(code, null, zxid);
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

  /** Whether the fate of a transaction that ended with {@code code} is unknown. */
  static boolean lost(Code code) {
    return code == Code.CONNECTIONLOSS
        || code == Code.SESSIONEXPIRED
        || code == Code.OPERATIONTIMEOUT
        || code == Code.REQUESTTIMEOUT
        || code == Code.SESSIONMOVED;
  }
}
