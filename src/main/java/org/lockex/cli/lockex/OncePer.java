package org.lockex.cli.lockex;

import java.time.Duration;

/**
 * Runs for which the whole fleet has one turn in a period.
 *
 * @param period how long after its start a run keeps all others from running; more than zero
 * @param attempt a run counts from its start, whatever becomes of it; otherwise once it succeeded
 * @param skipExitCode given by a contender that had nothing to do, 0 to 255
 */
public record OncePer(Duration period, boolean attempt, int skipExitCode) {}
