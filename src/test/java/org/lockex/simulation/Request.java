package org.lockex.simulation;

import java.util.List;
import java.util.Set;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;

/** What a client asks of its server. */
sealed interface Request {
  /** All of {@code ops} or none; goes through the quorum. */
  record Write(List<Op> ops) implements Request {}

  /**
   * Several reads (getData, getChildren) of what the server knows.
   *
   * @param watches whether the next change of each node, or of its children, is told, once
   */
  record Read(List<Op> ops, boolean watches) implements Request {}

  /** Whether a node is there: its Stat in a SetDataResult; with {@code watches} told as above. */
  record Exists(String path, boolean watches) implements Request {}

  /** Answered when the server knows all that the leader knew. */
  record Sync() implements Request {}

  /** From now on every change at or below {@code path} is told. */
  record Watch(String path) implements Request {}

  /** After a reconnect: what was watched, and what was known when. */
  record SetWatches(long zxid, Set<String> trees, Set<String> nodes, Set<String> children)
      implements Request {}

  record Ping() implements Request {}

  /** The end of the session. */
  record Close() implements Request {}

  /**
   * What came of it.
   *
   * @param results one for each operation; empty where the request was lost
   * @param zxid of the transaction, or the last that the server had applied
   */
  record Answer(Code code, List<OpResult> results, long zxid) {
    static Answer of(Code code) {
      return new Answer(code, List.of(), 0);
    }
  }
}
