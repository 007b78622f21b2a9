package org.lockex.gateway.lease;

import java.time.Duration;
import java.util.Optional;
import org.lockex.znode.LockId;

/**
 * What a client wants, whatever protocol it spoke.
 *
 * @param lock the lock's name
 * @param size how many may hold the lock at once, at least 1
 * @param dialect the protocol
 * @param client the client's address
 * @param title what the client says it is, for people
 * @param requester the name under which the client holds locks, in dialects that have one; nobody
 *     is twice in one queue under one name
 * @param waitTime how long to wait for the lock; zero: take it only if it is free
 * @param lifetime how long it may be held at most, from the grant; more than zero
 * @param grace how long a turn that has come waits for {@link Leases#claim}; zero: no claim needed
 */
public record LeaseRequest(
    LockId lock,
    int size,
    String dialect,
    String client,
    String title,
    Optional<String> requester,
    Duration waitTime,
    Duration lifetime,
    Duration grace) {}
