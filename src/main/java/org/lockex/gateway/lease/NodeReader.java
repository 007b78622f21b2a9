package org.lockex.gateway.lease;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.GetDataResult;

/**
 * Reads the data of many nodes in few requests: what comes up during one read goes into the next.
 */
final class NodeReader {
  private static final int AT_ONCE = 250;
  private static final String BARRIER = "/";

  private final ZooKeeperClient link;
  private final SerialExecutor turn;
  private final Map<String, BiConsumer<String, Optional<GetDataResult>>> wanted =
      new LinkedHashMap<>();
  private boolean reading;

  NodeReader(ZooKeeperClient link, SerialExecutor turn) {
    this.link = link;
    this.turn = turn;
  }

  /** Reads {@code path}; the reader gets nothing if the node is gone or may not be read. */
  void read(String path, BiConsumer<String, Optional<GetDataResult>> reader) {
    wanted.merge(path, reader, BiConsumer::andThen);
    if (!reading) {
      next();
    }
  }

  /** Runs {@code then}, in a turn, when all that has been asked for by now is read. */
  void whenRead(Runnable then) {
    if (!reading && wanted.isEmpty()) {
      then.run();
    } else {
      read(BARRIER, (path, data) -> then.run());
    }
  }

  /** Drops what was wanted: the connection is away and everything will be read anew. */
  void reset() {
    Map<String, BiConsumer<String, Optional<GetDataResult>>> dropped = Map.copyOf(wanted);
    wanted.clear();
    drop(dropped);
  }

  private static void drop(Map<String, BiConsumer<String, Optional<GetDataResult>>> readers) {
    BiConsumer<String, Optional<GetDataResult>> barrier = readers.get(BARRIER);
    if (barrier != null) {
      barrier.accept(BARRIER, Optional.empty());
    }
  }

  private void next() {
    Map<String, BiConsumer<String, Optional<GetDataResult>>> now = new LinkedHashMap<>();
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
      link.read(
          ops,
          (code, results, zxid) ->
              turn.take(() -> {
                reading = false;
                if (results != null) {
                  tell(now, results);
                } else {
                  drop(now);
                }
                if (!reading) {
                  next();
                }
              }));
    }
  }

  private static void tell(
      Map<String, BiConsumer<String, Optional<GetDataResult>>> readers, List<OpResult> results) {
    int at = 0;
    for (var entry : readers.entrySet()) {
      OpResult result = results.get(at++);
      entry
          .getValue()
          .accept(
              entry.getKey(),
              result instanceof GetDataResult data ? Optional.of(data) : Optional.empty());
    }
  }
}
