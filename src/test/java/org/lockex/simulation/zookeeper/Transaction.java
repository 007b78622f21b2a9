package org.lockex.simulation.zookeeper;

import java.util.List;
import org.apache.jute.Record;
import org.jspecify.annotations.Nullable;

/**
 * What all servers do at its turn.
 *
 * @param error what the request is answered; nothing changes then
 * @param response the answer, where there is no error
 * @param origin whose request it was, on the server that it came to; null for the leader's own
 */
record Transaction(
    long zxid,
    List<Tree.Change> changes,
    int error,
    @Nullable Record response,
    @Nullable PendingRequest origin) {}
