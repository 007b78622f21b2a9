package org.lockex.gateway.async;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.GetDataResult;
import org.jspecify.annotations.Nullable;

/**
 * Reads the data of many nodes in few requests: what comes up during one read goes into the next.
 */
public final class NodeReader {
  private static final int AT_ONCE = 250;
  private static final StepSubject READING = StepSubject.of("being read");

  /** Waits until so many paths have been read, or dropped. */
  private record ReadBarrier(long until, Consumer<Boolean> then) {}

  private final AsyncZooKeeper zooKeeper;
  private final SerialExecutor executor;

  /** Who reads each path, in the order in which they were asked for. */
  private final Map<String, List<Consumer<Optional<GetDataResult>>>> wanted = new LinkedHashMap<>();

  private final Queue<ReadBarrier> barriers = new ArrayDeque<>();
  private long asked;
  private long answered;
  private boolean reading;

  /** Counts the connections: what was asked on one before tells nothing. */
  private int round;

  /**
   * Nothing is being read.
   *
   * @param zooKeeper where the nodes are
   * @param executor in which replies come
   */
  public NodeReader(AsyncZooKeeper zooKeeper, SerialExecutor executor) {
    this.zooKeeper = zooKeeper;
    this.executor = executor;
  }

  /**
   * Reads {@code path}; the reader gets nothing if the node is gone or may not be read. If the
   * connection goes first, the reader is dropped, because then everything will be read anew.
   *
   * @param subject what it is about, should it throw
   * @param path the path of a node
   * @param reader takes what has been read
   */
  public void read(StepSubject subject, String path, Consumer<Optional<GetDataResult>> reader) {
    wanted
        .computeIfAbsent(
            path,
            added -> {
              asked++;
              return new ArrayList<>();
            })
        .add(data -> executor.guard(subject, () -> reader.accept(data)));
    if (!reading) {
      next();
    }
  }

  /**
   * Runs {@code then}, in a step, when all that has been asked for by now is answered.
   *
   * @param subject what it is about, should it throw
   * @param then gets true if all was read, false if the connection went
   */
  public void whenRead(StepSubject subject, Consumer<Boolean> then) {
    if (answered == asked) {
      then.accept(true);
    } else {
      barriers.add(
          new ReadBarrier(asked, read -> executor.guard(subject, () -> then.accept(read))));
    }
  }

  /**
   * Drops what was wanted, also what is being read: there is another connection, and everything
   * will be read anew. The answer to what was asked in a session that is over comes late, when the
   * next session is in use already.
   */
  public void reset() {
    round++;
    reading = false;
    answered = asked;
    wanted.clear();
    passed(false);
  }

  private void passed(boolean read) {
    while (!barriers.isEmpty() && barriers.element().until() <= answered) {
      barriers.remove().then().accept(read);
    }
  }

  private void next() {
    Map<String, List<Consumer<Optional<GetDataResult>>>> now = new LinkedHashMap<>();
    List<Op> ops = new ArrayList<>();
    var entries = wanted.entrySet().iterator();
    while (entries.hasNext() && ops.size() < AT_ONCE) {
      var entry = entries.next();
      now.put(entry.getKey(), entry.getValue());
      ops.add(Op.getData(entry.getKey()));
      entries.remove();
    }
    reading = !ops.isEmpty();
    if (reading) {
      int asking = round;
      zooKeeper.read(
          ops,
          (code, results, zxid) ->
              executor.run(
                  READING,
                  () -> {
                    if (asking == round) {
                      answered(now, results);
                    }
                  }));
    }
  }

  private void answered(
      Map<String, List<Consumer<Optional<GetDataResult>>>> readers,
      @Nullable List<OpResult> results) {
    reading = false;
    if (results != null) {
      tell(readers, results);
    }
    answered += readers.size();
    passed(results != null);
    if (!reading) {
      next();
    }
  }

  private static void tell(
      Map<String, List<Consumer<Optional<GetDataResult>>>> readers, List<OpResult> results) {
    int at = 0;
    for (var entry : readers.entrySet()) {
      Optional<GetDataResult> data =
          results.get(at++) instanceof GetDataResult read ? Optional.of(read) : Optional.empty();
      entry.getValue().forEach(reader -> reader.accept(data));
    }
  }
}
