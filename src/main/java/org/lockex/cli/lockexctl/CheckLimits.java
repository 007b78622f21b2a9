package org.lockex.cli.lockexctl;

import java.time.Duration;
import java.util.Optional;

/**
 * From when on something is wrong with a lock; empty: never.
 *
 * @param held how long it may be held
 * @param waited how long anybody may wait for it
 * @param age how long ago the last run may be that succeeded
 */
public record CheckLimits(
    Optional<Duration> held, Optional<Duration> waited, Optional<Duration> age) {}
