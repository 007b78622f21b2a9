package org.lockex.gateway.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.lockex.znode.LockId;

/**
 * One contender as it is now: a lease over HTTP, or a command under lockex.
 *
 * @param lock the lock's name
 * @param uid 32 hex digits
 * @param active whether it holds the lock
 * @param host where it runs, or its lockexd
 * @param user the user, or the client's address
 * @param title the command line, or what the client says it is
 * @param dialect the protocol; empty for a command
 * @param requester the name under which it holds, where the protocol has one
 * @param waitTime how long it wanted to wait
 * @param lifetime how long a grant lasts
 * @param since when it began to hold (active) or to wait, as well as our clock can tell
 * @param expires when a grant or a wait ends; empty for a command
 * @param token the fencing token
 */
public record LeaseView(
    LockId lock,
    String uid,
    boolean active,
    String host,
    String user,
    String title,
    String dialect,
    Optional<String> requester,
    Duration waitTime,
    Duration lifetime,
    Instant since,
    Optional<Instant> expires,
    long token) {}
