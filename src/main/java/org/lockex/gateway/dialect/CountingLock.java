package org.lockex.gateway.dialect;

import java.time.Duration;
import org.lockex.znode.LockId;

/**
 * A lock of lockserver, made by its configuration.
 *
 * @param id the lock's name
 * @param size how many may hold it at once
 * @param grace how long a turn that has come waits to be picked up before it goes to the next
 * @param expiration how long a query may go unused
 * @param maxLockTime how long it may be held
 */
public record CountingLock(
    LockId id, int size, Duration grace, Duration expiration, Duration maxLockTime) {}
