package org.lockex.cli;

import java.time.Duration;
import org.lockex.znode.LockRoot;

/**
 * Where the locks are and how long to try to get there; the same for every program.
 *
 * @param servers which ZooKeeper
 * @param root the parent of all locks
 * @param connectTimeout bound on the first connection, more than zero
 * @param sessionTimeout what is asked of the server, more than zero; the negotiated value is what
 *     counts
 */
public record Connection(
    ServerChoice servers, LockRoot root, Duration connectTimeout, Duration sessionTimeout) {}
