package org.lockex.cli;

import java.time.Duration;
import java.util.List;
import org.lockex.security.ClientSecurity;
import org.lockex.znode.LockRoot;
import org.lockex.znode.Metadata;

/**
 * Where the locks are and how long to try to get there; the same for every program.
 *
 * @param servers which ZooKeeper
 * @param root the parent of all locks
 * @param connectTimeout bound on the first connection, more than zero
 * @param sessionTimeout what is asked of the server, more than zero; the negotiated value is what
 *     counts
 * @param security how to speak to the servers of an ensemble, and who we are there
 * @param metadata what our nodes tell of us
 * @param warnings what the settings of this machine say that was not understood; to be told at
 *     every start
 */
public record Connection(
    ServerChoice servers,
    LockRoot root,
    Duration connectTimeout,
    Duration sessionTimeout,
    ClientSecurity security,
    Metadata metadata,
    List<String> warnings) {}
