package org.lockex.gateway.lease;

/**
 * How much the lease model takes on.
 *
 * @param waiting requests for a lock at once, of all clients
 * @param waitingPerClient the same of one client's address
 * @param locks locks known at once
 */
public record LeaseLimits(int waiting, int waitingPerClient, int locks) {}
