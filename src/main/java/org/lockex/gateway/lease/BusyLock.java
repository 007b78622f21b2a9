package org.lockex.gateway.lease;

import java.util.List;

/**
 * A lock that somebody holds or waits for.
 *
 * @param contenders who, holders first; not empty
 * @param counts what has happened to it since this lockexd started
 */
public record BusyLock(List<LeaseView> contenders, LeaseStatistics.LeaseCounts counts) {}
