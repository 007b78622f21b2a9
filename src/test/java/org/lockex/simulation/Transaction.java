package org.lockex.simulation;

import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;

/**
 * An entry in the servers' logs.
 *
 * @param zxid its place: the epoch in the upper half, a number in the lower
 * @param kind what it is about
 * @param session whose it is
 * @param timeout of a session that begins, in nanoseconds
 * @param changes what it does to the tree; nothing where it failed
 * @param code OK, or why it failed
 * @param results one for each operation
 * @param origin the request that it answers
 */
record Transaction(
    long zxid,
    Kind kind,
    long session,
    long timeout,
    List<Tree.Change> changes,
    Code code,
    List<OpResult> results,
    Object origin) {

  enum Kind {
    WRITE,
    SESSION_BEGINS,
    SESSION_ENDS
  }
}
